import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isObject, type JsonObject } from "../../functions/shared/json";
import { UsageError } from "../errors";
import type { TimeWindow } from "./time-windows";

/** What was read about one account before. */
export interface CachedRecords {
  /** Time windows of which all records are cached. */
  readonly windows: readonly TimeWindow[];
  readonly records: readonly JsonObject[];
}

/**
 * Stores CloudTrail's records of CreateUser, unchanged, in one file per account: names of users and creators,
 * IP addresses, user agents and ids of access keys, but no secret. Only the owner may read the folder and its
 * files. A line is one page of results, so that a killed run can be resumed.
 */
export class RecordCache {
  constructor(private readonly folder: string) {}

  /**
   * Makes the folder.
   *
   * @throws UsageError when it exists and others may read it, since it may have another purpose.
   */
  open(): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const mode = statSync(this.folder).mode & 0o777;
    if ((mode & 0o077) !== 0) {
      throw new UsageError(
        `${this.folder}: expected a folder that only you can read (mode 0700), found mode 0${mode.toString(8)}. Name another one with --cache, or run chmod 700`,
      );
    }
  }

  read(accountId: string): CachedRecords {
    const file = this.fileOf(accountId);
    if (!existsSync(file)) {
      return { windows: [], records: [] };
    }
    const text = readFileSync(file, "utf8");
    const lines = text.split("\n").filter((line) => line !== "");
    const pages = lines.flatMap((line) => parsePage(line) ?? []);
    if (pages.length < lines.length || !text.endsWith("\n")) {
      // The last run was killed while it wrote this line: its page is read again.
      writeFileSync(file, pages.map((page) => `${JSON.stringify(page)}\n`).join(""), { mode: 0o600 });
    }
    return {
      windows: pages.flatMap(({ window }) => window ?? []),
      records: pages.flatMap(({ records }) => records),
    };
  }

  /** @param window The time window that this page completes; null if none. */
  append(accountId: string, window: TimeWindow | null, records: readonly JsonObject[]): void {
    appendFileSync(this.fileOf(accountId), `${JSON.stringify({ window, records })}\n`, { mode: 0o600 });
  }

  private fileOf(accountId: string): string {
    return path.join(this.folder, `${accountId}.jsonl`);
  }
}

interface Page {
  readonly window: TimeWindow | null;
  readonly records: readonly JsonObject[];
}

function parsePage(line: string): Page | undefined {
  try {
    const page = JSON.parse(line) as unknown;
    return isObject(page) && Array.isArray(page["records"]) ? (page as unknown as Page) : undefined;
  } catch {
    return undefined;
  }
}
