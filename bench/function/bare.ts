// The floor: the four steps of the lab in bare Node.js, with hand-made requests and signatures. It retries
// nothing, reads no answer but its status, and is no way to ship a function: it only shows what Node.js
// itself takes.
import { createHash, createHmac } from "node:crypto";
import { Agent, request } from "node:http";
import type { CreationEvent } from "./four-steps";

const {
  AWS_ENDPOINT_URL = "",
  AWS_REGION = "",
  AWS_ACCESS_KEY_ID = "",
  AWS_SECRET_ACCESS_KEY = "",
} = process.env;
const endpoint = new URL(AWS_ENDPOINT_URL);
const agent = new Agent({ keepAlive: true });

type ActionParameters = Readonly<Record<string, string>> & { readonly Action: string };

export async function handler({ detail }: CreationEvent): Promise<void> {
  const UserName = detail.requestParameters.userName;
  const iam = (Action: string, more: Readonly<Record<string, string>>) =>
    call("iam", { Action, Version: "2010-05-08", UserName, ...more });
  await iam("AttachUserPolicy", { PolicyArn: process.env["QUARANTINE_POLICY_ARN"] ?? "" });
  await iam("GetUser", {});
  await iam("TagUser", { "Tags.member.1.Key": "SecurityStatus", "Tags.member.1.Value": "QUARANTINED" });
  const alert = { TopicArn: process.env["ALERT_TOPIC_ARN"] ?? "", Message: `${UserName} was quarantined` };
  await call("sns", { Action: "Publish", Version: "2010-03-31", ...alert });
}

function call(service: string, parameters: ActionParameters): Promise<void> {
  const body = new URLSearchParams(parameters).toString();
  const headers = sign(service, body);
  return new Promise((resolve, reject) => {
    const sent = request(endpoint, { method: "POST", agent, headers }, (answer) => {
      const { statusCode } = answer.resume();
      const fail = () => reject(new Error(`${parameters.Action}: expected status 200, got ${statusCode}`));
      answer.on("end", () => (statusCode === 200 ? resolve() : fail()));
    });
    sent.on("error", reject).end(body);
  });
}

/** Signature Version 4. Source: IAM User Guide, "Create a signed AWS API request". */
function sign(service: string, body: string): Record<string, string> {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const headers: Record<string, string> = {
    "content-type": "application/x-www-form-urlencoded; charset=utf-8",
    host: endpoint.host,
    "x-amz-date": time,
    "x-amz-security-token": process.env["AWS_SESSION_TOKEN"] ?? "",
  };
  const names = Object.keys(headers);
  const lines = names.map((name) => `${name}:${headers[name]}`);
  const canonical = ["POST", "/", "", ...lines, "", names.join(";"), hash(body)].join("\n");
  const scope = `${time.slice(0, 8)}/${AWS_REGION}/${service}/aws4_request`;
  const key = scope.split("/").reduce<string | Buffer>(hmac, `AWS4${AWS_SECRET_ACCESS_KEY}`);
  const signature = hmac(key, ["AWS4-HMAC-SHA256", time, scope, hash(canonical)].join("\n")).toString("hex");
  const credential = `Credential=${AWS_ACCESS_KEY_ID}/${scope}, SignedHeaders=${names.join(";")}`;
  return { ...headers, authorization: `AWS4-HMAC-SHA256 ${credential}, Signature=${signature}` };
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
