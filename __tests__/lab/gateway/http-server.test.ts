import { AccessKeys } from "../../../lab/exchange/access-keys";
import type { AwsResponse } from "../../../lab/exchange/messages";
import { startGateway, type Gateway } from "../../../lab/gateway/http-server";
import { USER } from "../../support/lab/exchange";
import { propagationOf } from "../../support/lab/manual-clock";

let gateway: Gateway;

beforeAll(async () => {
  const keys = new AccessKeys(propagationOf(0));
  keys.add(USER);
  const head: AwsResponse = { status: 200, headers: { "content-length": "1404" }, body: Buffer.alloc(0) };
  gateway = await startGateway({
    pipeline: () => Promise.resolve(head),
    keys,
    labRoute: () => undefined,
    findOperation: () => Promise.resolve({ action: "", protocol: "rest" }),
    now: () => new Date(),
    log: () => undefined,
    port: 0,
  });
});

afterAll(() => gateway.close());

const ask = (method: string, accessKeyId: string) =>
  fetch(`http://127.0.0.1:${gateway.port}/states/444455556666.tfstate`, {
    method,
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260105/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0`,
    },
  });

test("HEAD answers the length of an object without its body", async () => {
  const answer = await ask("HEAD", USER.accessKeyId);

  expect(answer.headers.get("content-length")).toBe("1404");
});

test("S3 refuses an unknown key in XML, as its clients expect", async () => {
  const answer = await ask("GET", "AKIAI44QH8DHBEXAMPLE");

  expect(answer.status).toBe(403);
  expect(await answer.text()).toMatch(/^<Error><Code>InvalidAccessKeyId<\/Code>/);
});
