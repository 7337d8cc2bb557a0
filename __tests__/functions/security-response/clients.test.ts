import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { AttachUserPolicyCommand, type IAMClient } from "@aws-sdk/client-iam";
import { createDenyClient, createDetailsClient } from "../../../functions/security-response/clients";
import { errorCode } from "../../../functions/shared/aws-error";

const SAVED = { ...process.env };
const attach = new AttachUserPolicyCommand({
  UserName: "mallory",
  PolicyArn: "arn:aws:iam::111122223333:policy/x",
});

let server: Server;
let answers: { status: number; code: string }[];
let requests: number;

const errorBody = (code: string): string =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`;

beforeEach(async () => {
  requests = 0;
  server = createServer((_, response) => {
    requests++;
    const answer = answers.shift();
    response.writeHead(answer?.status ?? 200, { "content-type": "text/xml" });
    response.end(answer ? errorBody(answer.code) : "<AttachUserPolicyResponse/>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
    AWS_SECRET_ACCESS_KEY: "example",
  });
});

afterEach(async () => {
  process.env = { ...SAVED };
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function codeOf(client: IAMClient): Promise<string> {
  try {
    await client.send(attach);
    return "none";
  } catch (error) {
    return errorCode(error);
  } finally {
    client.destroy();
  }
}

const CLIENTS: [string, () => IAMClient][] = [
  ["denying", createDenyClient],
  ["details", createDetailsClient],
];

test.each(CLIENTS)(
  "a quota is final: it costs one request, not the time of the whole invocation (%s)",
  async (_, create) => {
    answers = [{ status: 409, code: "LimitExceeded" }];

    const code = await codeOf(create());

    expect(code).toBe("LimitExceeded");
    expect(requests).toBe(1);
  },
);

test.each(CLIENTS)("a missing user is left to the responder's own budget (%s)", async (_, create) => {
  answers = [{ status: 404, code: "NoSuchEntity" }];

  const code = await codeOf(create());

  expect(code).toBe("NoSuchEntity");
  expect(requests).toBe(1);
});

test.each(CLIENTS)("a server error is retried by the SDK (%s)", async (_, create) => {
  answers = [
    { status: 503, code: "ServiceUnavailable" },
    { status: 500, code: "ServiceFailure" },
  ];

  const code = await codeOf(create());

  expect(code).toBe("none");
  expect(requests).toBe(3);
});

test("throttling is retried by the SDK", async () => {
  answers = [{ status: 400, code: "Throttling" }];

  const code = await codeOf(createDenyClient());

  expect(code).toBe("none");
  expect(requests).toBe(2);
});
