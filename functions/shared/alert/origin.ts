/** Where the user of an outcome is, and who says so. */
export interface OutcomeOrigin {
  /** `aws`, `aws-us-gov` or `aws-cn`. */
  readonly partition: string;
  /** ARN of the account's quarantine policy. */
  readonly policyArn: string;
  /**
   * The 12-digit id of the account that sent the outcome, from EventBridge's envelope: all else is what that
   * account says.
   *
   * @default - the account speaks for itself
   */
  readonly sender?: string;
  /** Where people read docs/runbook.md. @default - the alert names the section in words */
  readonly runbookUrl?: string | undefined;
}
