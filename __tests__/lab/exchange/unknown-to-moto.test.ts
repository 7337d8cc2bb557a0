import type { AwsRequest, AwsResponse } from "../../../lab/exchange/messages";
import { jsonResponse } from "../../../lab/exchange/responses";
import { operationFinder, refuseUnknown } from "../../../lab/exchange/unknown-to-moto";
import { ACCOUNT, exchangeOf } from "../../support/lab/exchange";

const html = (status: number): AwsResponse => ({
  status,
  headers: { "content-type": "text/html" },
  body: Buffer.from("<!doctype html>\n<title>Not Found</title>"),
});
const LIST = exchangeOf({ service: "events", action: "ListRules" }).request;

async function passedOn(response: AwsResponse) {
  const logged: string[] = [];
  const forward = refuseUnknown(
    () => Promise.resolve(response),
    (line) => logged.push(line),
  );
  return { answer: await forward(LIST, ACCOUNT), logged };
}

describe("refuseUnknown", () => {
  test.each([
    ["an operation that moto lacks", { ...html(501), body: Buffer.from("not implemented") }],
    ["a path that moto lacks", html(404)],
  ])("answers %s as AWS does, and logs it", async (_name, response) => {
    const { answer, logged } = await passedOn(response);

    expect(answer.status).toBe(400);
    expect(answer.body.toString()).toMatch(/"UnknownOperationException"/);
    expect(logged).toEqual(["moto has no events ListRules"]);
  });

  test.each([
    ["a resource that does not exist", jsonResponse({ __type: "ResourceNotFoundException" }, 404)],
    ["a failure of moto", html(500)],
    ["a success", jsonResponse({})],
  ])("passes on %s", async (_name, response) => {
    const { answer, logged } = await passedOn(response);

    expect(answer).toBe(response);
    expect(logged).toEqual([]);
  });
});

describe("operationFinder", () => {
  test("asks with method, URL and header names of the request, and reads XML services as such", async () => {
    const asked: AwsRequest[] = [];
    const find = operationFinder((request) => {
      asked.push(request);
      return Promise.resolve(jsonResponse({ action: "ListHostedZones", protocol: "rest-xml" }));
    });
    const rest = { method: "POST", path: "/2013-04-01/zones?a=b&c" };

    const found = await find(exchangeOf({ service: "route53", action: "", rest }).request);

    expect(found).toEqual({ action: "ListHostedZones", protocol: "xml" });
    expect(asked[0]).toMatchObject({
      method: "GET",
      url: "/_lab/operation?service=route53&method=POST&url=%2F2013-04-01%2Fzones%3Fa%3Db%26c&headers=content-type%2Cauthorization",
    });
  });
});
