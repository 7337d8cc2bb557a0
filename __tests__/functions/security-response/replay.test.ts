import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { EventError } from "../../../functions/security-response/errors";
import { createResponder, START } from "../../support/functions/responder";

/** Real records of public projects; more of them are next to the repository on some machines. */
const FOLDERS = ["../../fixtures/cloudtrail", "../../../../shared/cloudtrail/records"];

/** Paths of the records by file name, each once. */
const records = new Map(FOLDERS.flatMap((folder) => recordsIn(path.join(__dirname, folder))));

function recordsIn(folder: string): [name: string, file: string][] {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.filter((name) => name.endsWith(".json")).map((name) => [name, path.join(folder, name)]);
}

type Json = Record<string, unknown>;

/** A bare record as EventBridge would deliver it. */
function asEvent(record: Json): Json {
  if ("detail" in record) {
    return record;
  }
  const account = record["recipientAccountId"] ?? "111122223333";
  const source = typeof record["eventSource"] === "string" ? record["eventSource"] : "iam";
  return { account, source: `aws.${source.split(".")[0]}`, time: record["eventTime"], detail: record };
}

async function replay(name: string): Promise<{ status: string; user: string; calls: string[] }> {
  const event = asEvent(JSON.parse(readFileSync(records.get(name) ?? "", "utf8")) as Json);
  const detail = event["detail"] as Json;
  const accountId = String(detail["recipientAccountId"] ?? event["account"]);
  const eventTime = Date.parse(String(detail["eventTime"]));
  const responder = createResponder({ start: Number.isNaN(eventTime) ? START : eventTime + 2_000 });
  try {
    const { status, userName } = await responder.respond(event, { accountId });
    return { status, user: userName, calls: responder.calls() };
  } catch (error) {
    if (!(error instanceof EventError)) {
      throw error;
    }
    return { status: error.field, user: "", calls: responder.calls() };
  }
}

const isUntyped = (name: string): boolean => name.includes("notype");
const isCreation = (name: string): boolean => /^(panther|stratus)__CreateUser__ok__\w+__/.test(name);

/** A call that succeeded, whose record leaves out what it was about. */
const isBare = (name: string): boolean => name === "panther__PutUserPolicy__ok__IAMUser__02.json";

const names = [...records.keys()];

test.each(names.filter((name) => !isCreation(name)))("%s changes nothing", async (name) => {
  const { status, calls } = await replay(name);

  expect(status).toBe("IGNORED");
  // Calls that can undo a quarantine lead to a look at the user.
  expect(calls.filter((call) => !/^(Get|List)/.test(call))).toEqual([]);
});

test.each(names.filter((name) => isCreation(name) && !isUntyped(name)))(
  "the user in %s is denied",
  async (name) => {
    const { user, calls } = await replay(name);

    expect(user).toMatch(/^[\w-]+$/);
    expect(calls[0]).toBe("AttachUserPolicy");
  },
);

test.each(names.filter(isUntyped))("%s does not say which service was called", async (name) => {
  const { status, calls } = await replay(name);

  expect(status).toBe("detail.eventSource");
  expect(calls).toEqual([]);
});

if (names.some(isBare)) {
  test("a record without its parameters names nobody, so all users are looked through", async () => {
    const { calls } = await replay(names.find(isBare) ?? "");

    expect(calls).toContain("GetAccountAuthorizationDetails");
  });
}
