/** A configuration that uses every key, as the text of `rollout.yaml` without its `backend`. */
const WITHOUT_BACKEND = `
organizationId: o-exampleorgid
partition: aws
deploymentRole: ops/Deploy
tags: { CostCenter: "4711" }
rolePath: /security/
permissionsBoundary: security/Boundary
providerVersion: "~> 6.0"
securityAccount:
  name: audit
  id: "111122223333"
  notificationEmails: [security@example.com]
  logRetentionDays: 731
  archiveRetentionDays: 30
  dashboard: true
  slowContainmentSeconds: 120
managementAccount:
  name: root
  id: "999988887777"
  deploymentRole: ops/DeployGuard
guard:
  enabled: true
  breakGlassRoles: [security/QuarantineBreakGlass]
  exemptRoles: [AWSControlTowerExecution]
  modes: [enforce, observe]
  waves: [canary, production]
drill:
  everyHours: 12
sweep:
  everyMinutes: 30
  unknownCreator: quarantine
defaults:
  mode: observe
  notificationEmails: [everyone@example.com]
  logRetentionDays: 30
  deactivateAccessKeys: false
  deleteLoginProfile: false
  reservedConcurrency: 10
  concurrencyQuota: 3000
  attackSimulation: true
trust:
  creators:
    - arn: arn:aws:iam::*:role/UserOnboarding
      invokedBy: ses.amazonaws.com
      paths: [/service/*]
      names: [ses-*]
      until: 2999-12-31
  users:
    - anyCreator: true
      paths: [/service/*]
      names: [ses-smtp-*]
      until: 2999-12-31
waves: [canary, production]
accounts:
  - name: sandbox
    id: "444455556666"
    wave: canary
    mode: enforce
    notificationEmails: [sandbox@example.com]
    logRetentionDays: 7
    deactivateAccessKeys: true
    deleteLoginProfile: true
    reservedConcurrency: 20
    concurrencyQuota: 1500
    attackSimulation: false
    trust: { creators: [{ arn: "arn:aws:iam::444455556666:user/break-glass" }] }
  - name: payments
    id: "777788889999"
    wave: production
    mode: "off"
  - name: research
    id: "222233334444"
    wave: production
accountImport:
  waves: [{ ou: /Sandbox/**, wave: canary }]
  include: ["333344445555"]
  exclude: [/Suspended]
`;

/** {@link WITHOUT_BACKEND} with a backend of every kind, each with every key. */
export const EVERY_FEATURE = {
  local: withBackend("type: local, directory: ../states"),
  s3: withBackend(
    "type: s3, bucket: example-terraform-state, region: eu-central-1, keyPrefix: security/quarantine, " +
      "kmsKeyId: arn:aws:kms:eu-central-1:111122223333:alias/terraform-state, " +
      "roleArn: arn:aws:iam::111122223333:role/terraform-state",
  ),
  cloud: withBackend(
    "type: cloud, organization: example, workspacePrefix: quarantine-, project: Security, hostname: tfe.example.com",
  ),
};

function withBackend(backend: string): string {
  return `backend: { ${backend} }${WITHOUT_BACKEND}`;
}
