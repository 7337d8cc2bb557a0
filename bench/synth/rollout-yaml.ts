/** `rollout.yaml` of an organization with so many target accounts; nothing else about it is large. */
export function rolloutYaml(accounts: number): string {
  const entries = Array.from({ length: accounts }, (_, index) => {
    const number = String(index + 1);
    // Counted ids, so that they belong to no real account.
    return `  - { name: account-${number}, id: "${number.padStart(12, "0")}", wave: all }`;
  });
  return `organizationId: o-exampleorgid
securityAccount: { id: "111122223333", notificationEmails: [security@example.com] }
trust: { creators: [{ arn: "arn:aws:iam::777788889999:role/UserOnboarding" }] }
waves: [all]
accounts:
${entries.join("\n")}
`;
}
