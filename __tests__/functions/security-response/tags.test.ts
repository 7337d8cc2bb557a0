import { TAG_KEYS } from "../../../functions/contract";
import {
  claimValue,
  cleanTagValue,
  quarantineTags,
} from "../../../functions/security-response/containment/tags";

test("writes exactly the tags of the contract", () => {
  const facts = {
    status: "QUARANTINED",
    reason: "r",
    time: "t",
    eventId: "c",
    createdBy: "b",
    sourceIp: "i",
    method: "m",
    formerBoundary: "f",
    releasedBy: "x",
    approvedBy: "y",
    releaseReason: "z",
    releasedAt: "t",
    releasedUntil: "u",
  };

  const tags = quarantineTags(facts);

  expect(tags.map(({ Key }) => Key).sort()).toEqual(Object.values(TAG_KEYS).sort());
  expect(tags).toContainEqual({ Key: "SecurityStatus", Value: "QUARANTINED" });
});

test.each([
  ["arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:user/alice"],
  ["Zoë + Ωmega 9", "Zoë + Ωmega 9"],
  ["a\r\nb\u0000c\u2028d", "a_b_c_d"],
  ["(a) {b} $c,d;e", "_a_ _b_ _c_d_e"],
  ["aws:reserved", "_aws:reserved"],
  ["  spaces  ", "spaces"],
  ["", ""],
])("cleans %p", (text, expected) => {
  const value = cleanTagValue(text);

  expect(value).toBe(expected);
});

test("cuts at 256 and never in the middle of a character", () => {
  const value = cleanTagValue("𐐀".repeat(200));

  expect(value).toBe("𐐀".repeat(128));
  expect(cleanTagValue(`a${"𐐀".repeat(200)}`)).toBe(`a${"𐐀".repeat(127)}`);
});

test("a claim keeps its request id however long the event id is", () => {
  const request = "7a0c6f6e-4d5b-4e0e-9a39-53a3b0c3f001";

  const value = claimValue("e".repeat(1_000), request);

  expect(value).toHaveLength(200 + 1 + 36);
  expect(value.endsWith(`/${request}`)).toBe(true);
});
