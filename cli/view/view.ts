/** What an operator sees of a rollout while it runs. */
export interface RolloutView {
  /** Shows a message that is to stay. */
  say(text: string): void;
  /** Gives the terminal back, to ask something; `resume` goes on. */
  pause(): void;
  resume(): void;
  /** Ends the view; what it showed last stays. */
  close(): void;
}
