import { readProbe } from "../../../functions/quarantine-drill/probe";
import { iamError } from "../../support/functions/iam-error";

const USER = "User: arn:aws:iam::111122223333:user/quarantine-drill/drill-1";
const DENIED = `${USER} is not authorized to perform: iam:GetUser on resource: user drill-1`;

test.each([
  ["a deny of its own policies", `${DENIED} with an explicit deny in an identity-based policy`, "denied"],
  [
    "a deny that names its policy",
    `${DENIED} with an explicit deny in an identity-based policy: arn:aws:iam::111122223333:policy/AutomatedSecurityQuarantine`,
    "denied",
  ],
  ["a deny of its boundary", `${DENIED} with an explicit deny in a permissions boundary`, "denied"],
  [
    "the guard's `SecondWall`",
    `${DENIED} with an explicit deny in a service control policy`,
    "denied-by-scp",
  ],
  [
    "no right to call",
    `${DENIED} because no identity-based policy allows the iam:GetUser action`,
    "accepted",
  ],
  ["a boundary that allows nothing", `${DENIED} because no permissions boundary allows it`, "accepted"],
])("reads a refusal by %s", (_, message, probe) => {
  expect(readProbe(iamError("AccessDenied", message, 403))).toBe(probe);
});

test.each([
  [
    "a key that IAM does not know",
    iamError("InvalidClientTokenId", "The security token is invalid.", 403),
    "unknown-key",
  ],
  ["throttling", iamError("Throttling", "Rate exceeded", 400), "unanswered"],
  ["no answer", new Error("socket hang up"), "unanswered"],
  ["a call that succeeded", undefined, "accepted"],
])("reads %s", (_, error, probe) => {
  expect(readProbe(error)).toBe(probe);
});
