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

const CONNECTION =
  "arn:aws:events:us-east-1:111122223333:connection/page/01234567-89ab-cdef-0123-456789abcdef";

/** Every function and role that there is: the guard, every channel, and drills. */
export const EVERY_ROLE_YAML = `${GUARDED_YAML.replace(
  "  archiveRetentionDays: 30\n",
  `  archiveRetentionDays: 30
  channels:
    securityHub: {}
    chat: {}
    webhooks: [{ name: page, type: pagerDuty, connectionArn: "${CONNECTION}" }]
`,
)}
drill: { everyHours: 24 }
`;
