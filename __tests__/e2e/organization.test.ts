import path from "node:path";
import { LabDeployment } from "../../lab/deployment";
import { startLab } from "../../lab/lab";
import { addressOf, LabClient } from "../../lab/lab-client";
import { LAB_ORGANIZATION } from "../../lab/organization";
import { labRolloutYaml } from "../../lab/rollout-yaml";
import { rolloutCases } from "./cases/rollout";
import type { Organization } from "./cases/organization";

/** Three stacks by Terraform on two cores, with room for a busy machine. */
const DEPLOYMENT_MS = 600_000;

const organization: Organization = {
  account: "444455556666",
  otherAccount: "777788889999",
  security: "111122223333",
};

beforeAll(async () => {
  const lab = await startLab(LAB_ORGANIZATION);
  organization.stop = () => lab.stop();
  organization.running = {
    lab,
    client: new LabClient(addressOf(lab)),
    deployment: new LabDeployment({
      folder: path.resolve(".lab", "e2e"),
      rolloutYaml: labRolloutYaml(LAB_ORGANIZATION),
      environment: lab.environment(LAB_ORGANIZATION.managementAccount.id),
    }),
  };
  await organization.running.deployment.deploy(() => undefined);
}, DEPLOYMENT_MS);

afterAll(async () => {
  await organization.stop?.();
});

describe("the rollout in an emulated organization", () => rolloutCases(organization));
