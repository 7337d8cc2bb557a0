import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CommandError } from "../../../cli/errors";
import { makeReport, type Report } from "../../../cli/report/report";
import { readReport, ReportFile } from "../../../cli/report/report-file";
import { Progress } from "../../../cli/rollout/progress";
import type { StackTarget } from "../../../cli/stack-target";
import { organization } from "../../support/cli/rollout";

const targets = organization({ canary: 1 }) as [StackTarget, StackTarget];
const facts = {
  command: "rollout",
  startedAt: 0,
  terraformVersion: "1.11.4",
  resumed: [],
  sha256Of: () => "",
  modeOf: () => undefined,
};
let folder: string;
let file: string;

beforeEach(() => {
  jest.useFakeTimers();
  folder = mkdtempSync(path.join(tmpdir(), "report-"));
  file = path.join(folder, "rollout-report.json");
});
afterEach(() => {
  jest.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

function keep() {
  const progress = new Progress(targets, () => 0);
  const made: Report["status"][] = [];
  const reportFile = ReportFile.open(
    file,
    (status) => {
      made.push(status);
      return makeReport(facts, progress.all, status);
    },
    progress,
  );
  const finish = (status: Report["status"]) => reportFile.finish(makeReport(facts, progress.all, status));
  return { progress, finish, made };
}
const outcomes = () => readReport(file)?.stacks.map(({ outcome }) => outcome);

describe("the file", () => {
  test("exists from the start, so that a killed run can be detected", () => {
    keep();

    expect(readReport(file)?.status).toBe("running");
    expect(outcomes()).toEqual(["pending", "pending"]);
  });

  test("is written once for many changes", () => {
    const { progress, made } = keep();

    for (let done = 0; done < 50; done++) {
      progress.set(targets[0], { kind: "working", step: "applying", detail: `${done} of 50 resources` });
    }
    progress.end(targets[0], { outcome: "applied" });
    expect(outcomes()).toEqual(["pending", "pending"]);
    jest.advanceTimersByTime(1_000);

    expect(outcomes()).toEqual(["applied", "pending"]);
    expect(made).toEqual(["running", "running"]);
  });

  test("is written again for later changes", () => {
    const { progress } = keep();
    progress.end(targets[0], { outcome: "applied" });
    jest.advanceTimersByTime(1_000);

    progress.end(targets[1], { outcome: "failed", cause: "AccessDenied" });
    jest.advanceTimersByTime(1_000);

    expect(outcomes()).toEqual(["applied", "failed"]);
  });

  test("has the end at once, and keeps it", () => {
    const { progress, finish } = keep();

    progress.end(targets[0], { outcome: "applied" });
    finish("interrupted");
    expect(readReport(file)?.status).toBe("interrupted");
    jest.advanceTimersByTime(1_000);

    expect(readReport(file)?.status).toBe("interrupted");
  });

  test("is replaced as a whole: a reader that has it open continues in the old one", () => {
    const { finish } = keep();
    const before = statSync(file).ino;

    finish("done");

    expect(statSync(file).ino).not.toBe(before);
    expect(readdirSync(folder)).toEqual(["rollout-report.json"]);
    expect(readFileSync(file, "utf8")).toMatch(/^\{\n {2}"schemaVersion": 1,[^]*\}\n$/);
  });

  test("that cannot be written does not stop a running rollout, and is reported at its end", () => {
    const { progress, finish } = keep();
    rmSync(folder, { recursive: true });

    progress.end(targets[0], { outcome: "applied" });
    expect(() => jest.advanceTimersByTime(1_000)).not.toThrow();

    expect(() => finish("done")).toThrow("ENOENT");
  });

  test("that cannot be written at the start prevents the start", () => {
    rmSync(folder, { recursive: true });

    expect(keep).toThrow(CommandError);
    expect(keep).toThrow(/nothing was started: .*ENOENT/);
  });

  test("on a full disk is named, and leaves nothing behind", () => {
    // Every write to it fails as on a full disk. Linux has it, macOS does not.
    const full = "/dev/full";
    symlinkSync(existsSync(full) ? full : folder, `${file}.new`);

    expect(keep).toThrow(
      /^The report cannot be written, so nothing was started: (?:Error: )?(?:ENOSPC|EISDIR): .*rollout-report.json/,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test("is written where a link leads, such as /dev/stdout, and the link stays", () => {
    const elsewhere = path.join(folder, "elsewhere.json");
    symlinkSync(elsewhere, file);

    keep();

    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(readReport(elsewhere)?.status).toBe("running");
  });

  test("may be missing or invalid", () => {
    expect(readReport(file)).toBeUndefined();
    expect(readReport(folder)).toBeUndefined();
  });
});
