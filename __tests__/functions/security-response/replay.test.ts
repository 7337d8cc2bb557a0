import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { EventError } from "../../../functions/security-response/errors";
import { createResponder, START } from "../../support/functions/responder";

/** Real records from public projects; the folder is beside the repository where there is one. */
const RECORDS = path.join(__dirname, "../../../../shared/cloudtrail/records");

const files = existsSync(RECORDS) ? readdirSync(RECORDS).filter((file) => file.endsWith(".json")) : [];
const describeRecords = files.length > 0 ? describe : describe.skip;

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

async function replay(file: string): Promise<{ status: string; user: string; calls: string[] }> {
  const event = asEvent(JSON.parse(readFileSync(path.join(RECORDS, file), "utf8")) as Json);
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

/** By its name, whether a record is a successful CreateUser of IAM. */
const isCreation = (file: string): boolean => /^(panther|stratus)__CreateUser__ok__\w+__/.test(file);

describeRecords("public CloudTrail records", () => {
  test.each(files.filter((file) => !isCreation(file)))("no IAM call for %s", async (file) => {
    const { status, calls } = await replay(file);

    expect(status).toBe("IGNORED");
    expect(calls).toEqual([]);
  });

  test.each(files.filter((file) => isCreation(file) && !file.includes("notype")))(
    "a user in %s",
    async (file) => {
      const { user, calls } = await replay(file);

      expect(user).toMatch(/^[\w-]+$/);
      expect(calls[0]).toBe("AttachUserPolicy");
    },
  );

  test.each(files.filter((file) => file.includes("notype")))("%s does not say what it is", async (file) => {
    const { status, calls } = await replay(file);

    expect(status).toBe("detail.eventSource");
    expect(calls).toEqual([]);
  });
});
