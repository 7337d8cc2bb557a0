import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { CloudTrailClient, LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import { mockClient } from "aws-sdk-client-mock";
import { EXIT } from "../../../cli/exit-codes";
import { runCommand } from "../../support/cli/shell";
import { loadFixture } from "../../support/load-fixture";

const YAML = `organizationId: o-exampleorgid
securityAccount: { id: "999922223333" }
trust:
  creators:
    - arn: arn:aws:iam::111122223333:role/onboarding
waves: [canary]
accounts:
  - name: payments
    id: "111122223333"
    wave: canary
    mode: "off"
  - name: research
    id: "222233334444"
    wave: canary
`;

const cloudTrail = mockClient(CloudTrailClient);
let folder: string;

beforeEach(() => {
  cloudTrail.reset();
  folder = mkdtempSync(path.join(tmpdir(), "replay-command-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const recordOf = (name: string) => loadFixture(`events/${name}`)["detail"] as object;

function fileOf(name: string, content: string | Buffer): string {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}

const trail = () =>
  JSON.stringify({ Records: ["by-iam-user", "by-assumed-role", "refused-access-denied"].map(recordOf) });

describe("replay --from", () => {
  test.each<[string, () => string]>([
    ["a trail's file", () => fileOf("a.json", trail())],
    ["a trail's compressed file", () => fileOf("a.json.gz", gzipSync(trail()))],
    [
      "the output of lookup-events",
      () =>
        fileOf(
          "a.json",
          JSON.stringify({
            Events: (JSON.parse(trail()) as { Records: object[] }).Records.map((record) => ({
              CloudTrailEvent: JSON.stringify(record),
            })),
          }),
        ),
    ],
  ])("%s is judged as enforce would, whatever the mode", async (_kind, file) => {
    const { exitCode, stdout } = await runCommand(YAML, ["replay", "--from", file(), "--json"]);

    expect(JSON.parse(stdout)).toMatchObject({
      created: 2,
      quarantined: 1,
      trusted: 1,
      ignored: { errorCode: 1 },
      creations: expect.arrayContaining([
        expect.objectContaining({ verdict: expect.objectContaining({ action: "quarantine" }) }),
        expect.objectContaining({
          verdict: expect.objectContaining({ action: "trust", rule: "creators[0]" }),
          decidedBy: { path: "trust.creators[0]", place: "rollout.yaml:5:7" },
        }),
      ]),
    });
    expect(exitCode).toBe(EXIT.changes);
    expect(cloudTrail.calls()).toEqual([]);
  });

  test("says in words and in Markdown who would be quarantined, and what is not suggested", async () => {
    const file = fileOf("a.json", trail());

    const { stdout } = await runCommand(YAML, ["replay", "--from", file]);
    const markdown = await runCommand(YAML, ["replay", "--from", file, "--markdown"]);

    expect(stdout).toContain("1 file: 2 users created; enforce would have quarantined 1 and left 1 alone");
    expect(stdout).toContain("by rollout.yaml:5:7");
    expect(stdout).toContain("Not suggested:\n- arn:aws:iam::111122223333:user/alice (1 user: mallory)");
    expect(markdown.stdout).toContain(
      "| payments | `arn:aws:iam::111122223333:user/alice` | 1 | 0 | mallory |",
    );
  });

  test("text of others cannot draw on the terminal or into the Markdown", async () => {
    const record = {
      ...recordOf("by-iam-user"),
      userIdentity: { type: "IAMUser", arn: "x\u001b[2J|<b>\n# y" },
      requestParameters: { userName: "@team" },
      responseElements: undefined,
    };
    const file = fileOf("a.json", JSON.stringify(record));

    for (const format of [[], ["--markdown"]]) {
      const { stdout } = await runCommand(YAML, ["replay", "--from", file, ...format]);
      expect(stdout).not.toContain("\u001b");
      expect(stdout).not.toMatch(/^# y/m);
    }
    const { stdout } = await runCommand(YAML, ["replay", "--from", file, "--markdown"]);
    expect(stdout).toContain("| &#64;&#8203;team |");
    expect(stdout).not.toContain("@team");
  });

  test("nobody to quarantine ends with 0, what cannot be read with 1", async () => {
    const trusted = fileOf("a.json", JSON.stringify(recordOf("by-assumed-role")));
    const unreadable = fileOf("b.json", JSON.stringify({ ...recordOf("by-iam-user"), eventSource: 1 }));

    expect(await runCommand(YAML, ["replay", "--from", trusted])).toMatchObject({ exitCode: EXIT.done });
    const { exitCode, stdout } = await runCommand(YAML, ["replay", "--from", unreadable]);
    expect(exitCode).toBe(EXIT.failed);
    expect(stdout).toContain("the responder cannot read event");
  });

  test.each<[string, string, RegExp]>([
    ["no JSON", "users: 1", /a\.json: expected JSON of CloudTrail, plain or gzip/],
    ["another list", "[1]", /expected CloudTrail records.*found a number as record 0/],
    ["another object", "{}", /an object without eventName/],
  ])("a file of %s is refused", async (_kind, content, message) => {
    const { exitCode, stderr } = await runCommand(YAML, ["replay", "--from", fileOf("a.json", content)]);

    expect(stderr).toMatch(message);
    expect(exitCode).toBe(EXIT.usage);
  });

  test("every real record is handled", async () => {
    const folders = ["../../fixtures/cloudtrail", "../../../../shared/cloudtrail/records"]
      .map((each) => path.join(__dirname, each))
      .filter((each) => existsSync(each));
    const files = folders.flatMap((each) =>
      readdirSync(each).flatMap((name) => (name.endsWith(".json") ? [path.join(each, name)] : [])),
    );
    const accounts = new Set(
      files.flatMap(
        (file) => /"recipientAccountId": ?"(\d{12})"/.exec(readFileSync(file, "utf8"))?.[1] ?? [],
      ),
    );
    const yaml = [...accounts]
      .map((id, index) => `  - { name: a${index}, id: "${id}", wave: canary }\n`)
      .join("");

    const { stdout } = await runCommand(`${YAML.slice(0, YAML.indexOf("  - name: payments"))}${yaml}`, [
      "replay",
      "--json",
      "--from",
      ...files,
    ]);

    const result = JSON.parse(stdout) as { created: number; creations: { userName: string }[] };
    expect(files.length).toBeGreaterThanOrEqual(10);
    expect(result.created).toBeGreaterThanOrEqual(2);
    expect(result.creations.every(({ userName }) => /^[\w+=,.@-]+$/.test(userName))).toBe(true);
  });
});

describe("replay of the accounts' event history", () => {
  test("an account that cannot be read is named, and the others are judged", async () => {
    cloudTrail
      .on(LookupEventsCommand)
      .resolvesOnce({ Events: [{ EventTime: new Date(), CloudTrailEvent: recent("by-iam-user") }] })
      .rejects(Object.assign(new Error("not for you"), { name: "AccessDeniedException" }));

    const { exitCode, stdout } = await runCommand(YAML, [
      ...["replay", "--concurrency", "1", "--role", "audit/Read"],
      ...["--cache", path.join(folder, "cache")],
    ]);

    expect(stdout).toContain("2 accounts: 1 user created; enforce would have quarantined 1");
    expect(stdout).toContain(
      "research could not be read: 222233334444: CloudTrail could not be read as arn:aws:iam::222233334444:role/audit/Read: AccessDenied: not for you",
    );
    expect(exitCode).toBe(EXIT.failed);
  });

  test.each<[string[], string]>([
    [["--days", "91"], "from 1 to 90"],
    [["--account", "nobody"], "matches no account"],
    [["--json", "--markdown"], "cannot be used with"],
    [["--from", "x.json", "--role", "Read"], "cannot be used with"],
  ])("replay %j is refused, and nothing is asked", async (args, message) => {
    const { exitCode, stderr } = await runCommand(YAML, ["replay", ...args]);

    expect(stderr).toContain(message);
    expect(exitCode).toBe(EXIT.usage);
    expect(cloudTrail.calls()).toEqual([]);
  });
});

function recent(name: string): string {
  return JSON.stringify({ ...recordOf(name), eventTime: new Date().toISOString() });
}
