/** Where the user of an outcome is, and which account reports it. */
export interface OutcomeOrigin {
  /** `aws`, `aws-us-gov` or `aws-cn`. */
  readonly partition: string;
  /** ARN of the account's quarantine policy. */
  readonly policyArn: string;
  /**
   * The 12-digit id of the account that sent the outcome, from EventBridge's envelope: everything else is
   * that account's word.
   *
   * @default - the alert is sent by the account itself
   */
  readonly sender?: string;
  /** Address of docs/runbook.md for readers of an alert. @default - the alert names the section in words */
  readonly runbookUrl?: string | undefined;
}
