import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/** One fault that was tried, for people who decide whether to trust this. */
export interface FaultRow {
  readonly fault: string;
  readonly happened: string;
  /** Seconds from the user's creation to the deny, such as `0.4 s`, or why there are none to tell. */
  readonly contained: string;
  readonly alert: string;
  readonly lost: string;
}

/** The faults of one run; the table in `docs/faults.md` is made of it with `WRITE_FAULT_TABLE=1`. */
export class FaultTable {
  private readonly rows: FaultRow[] = [];

  add(row: FaultRow): void {
    this.rows.push(row);
  }

  write(project: string): void {
    if (this.rows.length === 0) {
      return;
    }
    const file = process.env["WRITE_FAULT_TABLE"] === "1" ? "docs/faults.md" : ".lab/e2e/faults.md";
    mkdirSync(path.dirname(path.join(project, file)), { recursive: true });
    writeFileSync(path.join(project, file), this.toMarkdown());
  }

  private toMarkdown(): string {
    const lines = this.rows.map(
      ({ fault, happened, contained, alert, lost }) =>
        `| ${[fault, happened, contained, alert, lost].join(" | ")} |`,
    );
    return [
      "# Faults tried, and what is lost",
      "",
      "Made by `WRITE_FAULT_TABLE=1 npm run e2e` from what happened in that run, with the deployed stacks in the lab. Times are",
      "from the user's creation to the deny, on the machine of the run and with the lab's short pauses between retries.",
      "",
      "| fault | what happened | contained after | alert | lost |",
      "|---|---|---|---|---|",
      ...lines,
      "",
    ].join("\n");
  }
}
