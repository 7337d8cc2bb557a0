/** One bench: measures this project next to what people would use instead, in one run. */
export interface Bench {
  /** As typed in `npm run bench -- NAME`. */
  readonly name: string;
  /** One sentence: what is measured. */
  readonly about: string;
  /** Why it runs only when it is named. @default - it runs with all others */
  readonly onRequest?: string;
  run(options: BenchOptions): Promise<BenchResult>;
}

export interface BenchOptions {
  /**
   * Rounds per subject; medians are reported. Subjects take turns, so that a slow minute hits all of them.
   */
  readonly rounds: number;
  /** Fewer and smaller subjects: CI only sees that the bench works. */
  readonly quick: boolean;
  /** An empty folder for the bench's files. */
  readonly folder: string;
  /** Says what is being done; a line a step. */
  readonly log: (line: string) => void;
}

export interface BenchResult {
  /** One per thing measured, this project's first. */
  readonly subjects: readonly Subject[];
  /** What the issue asks for, and what came out. */
  readonly targets: readonly Target[];
  /** Versions of programs used apart from Node.js, such as Python's or Terraform's. */
  readonly versions?: Readonly<Record<string, string>>;
}

export interface Subject {
  readonly name: string;
  /** Medians by metric. */
  readonly metrics: Readonly<Record<string, Metric>>;
}

export interface Metric {
  readonly value: number;
  /** Such as `ms`, `MB`, `bytes`, `calls`. */
  readonly unit: string;
  /** The single rounds, in order. @default - measured once */
  readonly rounds?: readonly number[];
}

export interface Target {
  /** What is asked, in words: "1,000 accounts under 10 s". */
  readonly goal: string;
  readonly measured: number;
  readonly limit: number;
  readonly met: boolean;
}
