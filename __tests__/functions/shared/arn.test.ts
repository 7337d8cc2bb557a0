import { formatUserArn, parseArn, parseUserArn } from "../../../functions/shared/arn";

test("an ARN is taken apart, and its resource keeps its own colons", () => {
  expect(parseArn("arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/x:*")).toEqual({
    partition: "aws",
    service: "logs",
    region: "us-east-1",
    accountId: "111122223333",
    resource: "log-group:/aws/lambda/x:*",
  });
  expect(parseArn("arn:aws:iam::aws:policy/AdministratorAccess")).toMatchObject({
    region: "",
    accountId: "aws",
  });
});

test.each(["", "arn", "user/x", "arn:aws:iam::111122223333", "urn:aws:iam::111122223333:user/x"])(
  "%j is not an ARN",
  (text) => {
    expect(parseArn(text)).toBeUndefined();
  },
);

test("a user's ARN gives path and name, whichever slashes the path holds", () => {
  const arn = "arn:aws-us-gov:iam::111122223333:user/a/b/mallory";

  const parts = parseUserArn(arn);

  expect(parts).toEqual({
    partition: "aws-us-gov",
    accountId: "111122223333",
    path: "/a/b/",
    userName: "mallory",
  });
  expect(parts && formatUserArn(parts)).toBe(arn);
});

test.each([
  "arn:aws:iam::111122223333:role/mallory",
  "arn:aws:iam:us-east-1:111122223333:user/mallory",
  "arn:aws:iam::111122223333:user/",
  "arn:aws:iam::1111:user/mallory",
  "arn:other:iam::111122223333:user/mallory",
])("%s is not a user's ARN", (text) => {
  expect(parseUserArn(text)).toBeUndefined();
});
