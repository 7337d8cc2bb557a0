import { NAMES } from "../names";
import { policyDocument, type PolicyDocument } from "./document";

/** The deny-all policy that takes everything from a rogue user. An explicit deny outranks every allow. */
export const QUARANTINE_POLICY: PolicyDocument = policyDocument({
  Sid: NAMES.quarantinePolicy,
  Effect: "Deny",
  Action: "*",
  Resource: "*",
});
