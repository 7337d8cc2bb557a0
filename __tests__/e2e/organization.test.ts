import path from "node:path";
import { addressOf, LabClient } from "../../lab/client/lab-client";
import { LabDeployment } from "../../lab/deployment";
import { startLab } from "../../lab/lab";
import { labRolloutYaml } from "../../lab/organization/rollout-yaml";
import { eventually } from "../support/eventually";
import { containmentCases } from "./cases/containment";
import { deliveryCases } from "./cases/delivery";
import { FaultTable } from "./cases/fault-table";
import { E2E_ORGANIZATION, E2E_ROLLOUT, Organization } from "./cases/organization";
import { rolloutCases } from "./cases/rollout";
import { prepareCreators, trustCases } from "./cases/trust";
import { undoneCases } from "./cases/undone";

const PROJECT = path.join(__dirname, "../..");

/** Four stacks by Terraform on two cores, with room for a busy machine. */
const DEPLOYMENT_MS = 900_000;

/** Each of a burst's users is held for ten seconds, in which its process waits. */
const HOLDS_AT_ONCE = 40;

const organization = new Organization();
const faults = new FaultTable();

beforeAll(async () => {
  const lab = await startLab({ ...E2E_ORGANIZATION, lambdaMaxConcurrency: HOLDS_AT_ONCE });
  const client = new LabClient(addressOf(lab));
  const stopping = new AbortController();
  const deployment = new LabDeployment({
    folder: path.join(PROJECT, ".lab", "e2e"),
    rolloutYaml: labRolloutYaml(E2E_ROLLOUT),
    environment: lab.environment(E2E_ORGANIZATION.managementAccount.id),
    signal: stopping.signal,
  });
  organization.start({ lab, client, deployment, stopping });
  await prepareCreators(client);
  await deployment.deploy(() => undefined);
}, DEPLOYMENT_MS);

afterAll(async () => {
  await organization.stop();
  faults.write(PROJECT);
});

describe("the rollout in an emulated organization", () => {
  rolloutCases(organization);
});
describe("containment under faults", () => {
  containmentCases(organization, faults);
});
describe("events delivered more than once, or many at once", () => {
  deliveryCases(organization, faults);
});
describe("trust and observation", () => {
  trustCases(organization);
});
describe("undone quarantines", () => {
  undoneCases(organization);
});
test("what became of the users above is counted in the security account", async () => {
  const counted = ["QUARANTINED", "OBSERVED", "TRUSTED", "RESTORED"].map((status) => `Responses ${status}`);

  const missing = await eventually("the metrics", () => {
    const metrics = organization.lab
      .metrics(E2E_ORGANIZATION.securityAccount.id)
      .map(({ name, dimensions }) => [name, ...Object.values(dimensions)].join(" "));
    const wanted = [...counted, "SecondsToContained", "ChangesByRollout"];
    const left = wanted.filter((each) => !metrics.includes(each));
    return left.length === 0 ? left : undefined;
  });

  expect(missing).toEqual([]);
});
