/** A small organization with one account of every kind, as the text of `rollout.yaml`. */
export const SAMPLE_YAML = `
organizationId: o-exampleorgid
securityAccount:
  id: "111122223333"
  notificationEmails: [security@example.com]
  logRetentionDays: 731
  archiveRetentionDays: 30
trust:
  creators:
    - arn: arn:aws:iam::*:role/UserOnboarding
waves: [canary, production]
accounts:
  - name: sandbox
    id: "444455556666"
    wave: canary
    attackSimulation: true
    reservedConcurrency: 20
  - name: payments
    id: "777788889999"
    wave: production
    notificationEmails: [payments@example.com, oncall@example.com]
    deleteLoginProfile: true
  - name: research
    id: "222233334444"
    wave: production
    mode: observe
  - name: legacy
    id: "555566667777"
    wave: production
    mode: "off"
`;

/** The same with the guard over the accounts that enforce. */
export const GUARDED_YAML = `${SAMPLE_YAML}
managementAccount:
  id: "999988887777"
guard:
  enabled: true
  breakGlassRoles: [security/QuarantineBreakGlass]
`;
