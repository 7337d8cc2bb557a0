import { besideCdktfCases } from "./rollout/beside-cdktf";
import { failureCases } from "./rollout/failures";
import { firstRolloutCases } from "./rollout/first-rollout";
import { interruptCases } from "./rollout/interrupts";
import { leavingCases } from "./rollout/leaving";
import { Operator } from "./rollout/operator";
import { stateLockCases } from "./rollout/state-lock";
import { takenNameCases } from "./rollout/taken-names";
import { uninstallCases } from "./rollout/uninstall";

/** Real Terraform in up to four accounts on two cores, with room for a busy machine. */
const CASE_MS = 600_000;
jest.setTimeout(CASE_MS);

/** One lab, and accounts that are deployed once: each case starts where the one before ended. */
const operator = new Operator();

beforeAll(() => operator.start());
afterAll(() => operator.stop());

describe("names that are taken", () => {
  takenNameCases(operator);
});
describe("the first rollout", () => {
  firstRolloutCases(operator);
});
describe("accounts that fail", () => {
  failureCases(operator);
});
describe("Ctrl-C", () => {
  interruptCases(operator);
});
describe("a state lock that someone else holds", () => {
  stateLockCases(operator);
});
describe("an account that leaves", () => {
  leavingCases(operator);
});
describe("next to the CDKTF CLI", () => {
  besideCdktfCases(operator);
});
describe("uninstalling everything", () => {
  uninstallCases(operator);
});
