import { QUARANTINE_DOCUMENT } from "../../functions/contract";
import type { PolicyDocument } from "./document";

/** The deny-all policy that takes everything from a rogue user. An explicit deny outranks every allow. */
export const QUARANTINE_POLICY: PolicyDocument = QUARANTINE_DOCUMENT;
