import type { Notice } from "./notice";

/** One way to tell people. */
export interface Channel {
  readonly name: string;
  /** Whether the notice is for this channel. */
  readonly wants: (notice: Notice) => boolean;
  /** @throws When the channel did not take the notice. */
  readonly send: (notice: Notice, invocation: Invocation) => Promise<void>;
}

/** What Lambda says about the one request being served. */
export interface Invocation {
  /** Milliseconds until Lambda ends the function. */
  readonly remaining: () => number;
}
