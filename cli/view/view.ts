/** What an operator sees of a running rollout. */
export interface RolloutView {
  /** Shows a message that stays. */
  say(text: string): void;
  /** Lets something else write to the same terminal, such as a result to stdout. */
  besides(write: () => void): void;
  /** Releases the terminal for a question, until `resume`. */
  pause(): void;
  resume(): void;
  /** Ends the view. Its last content stays visible. */
  close(): void;
}
