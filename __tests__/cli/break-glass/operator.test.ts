import { isSamePerson, operatorOf, sourceIdentityOf } from "../../../cli/break-glass/operator";

test.each([
  ["arn:aws:iam::111122223333:user/people/alice", "alice"],
  ["arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_1/alice@example.com", "alice@example.com"],
  ["arn:aws-cn:sts::111122223333:federated-user/alice", "alice"],
  ["arn:aws:iam::111122223333:root", undefined],
  ["", undefined],
])("the operator of %s is %s", (arn, operator) => {
  expect(operatorOf(arn)).toBe(operator);
});

test.each([
  ["Alice Smith", "Alice_Smith"],
  ["aws:alice", "aws_alice"],
  ["x".repeat(70), "x".repeat(64)],
  ["a", undefined],
  ["§§§", undefined],
  ["", undefined],
])("%j as a source identity is %s", (text, identity) => {
  expect(sourceIdentityOf(text)).toBe(identity);
});

test.each([
  ["alice", "ALICE ", true],
  ["Alice Smith", "alice_smith", true],
  ["ａｌｉｃｅ", "alice", true],
  ["alice", "bob", false],
])("%j and %j are the same person: %s", (left, right, same) => {
  expect(isSamePerson(left, right)).toBe(same);
});
