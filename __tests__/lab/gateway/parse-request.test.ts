import { gzipSync } from "node:zlib";
import { readQueryParams, writeQueryParams } from "../../../lab/exchange/query-params";
import { parseRequest, type RawRequest } from "../../../lab/gateway/parse-request";

function raw(service: string, overrides: Partial<RawRequest> = {}): RawRequest {
  const scope = `AKIAIOSFODNN7EXAMPLE/20260105/eu-west-1/${service}/aws4_request`;
  const { headers, ...rest } = overrides;
  return {
    id: "1",
    method: "POST",
    url: "/",
    body: Buffer.alloc(0),
    sourceIp: "192.0.2.7",
    ...rest,
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
      "user-agent": "aws-cli/2",
      ...headers,
    },
  };
}

describe("parseRequest", () => {
  test("reads a query-protocol request", () => {
    const body =
      "Action=CreateUser&Version=2010-05-08&UserName=a%2Bb&Tags.member.1.Key=k&Tags.member.1.Value=v+w";

    const request = parseRequest(raw("iam", { body: Buffer.from(body) }));

    expect(request).toMatchObject({
      service: "iam",
      region: "eu-west-1",
      action: "CreateUser",
      protocol: "query",
      accessKeyId: "AKIAIOSFODNN7EXAMPLE",
      userAgent: "aws-cli/2",
    });
    expect(request.params).toEqual({ UserName: "a+b", Tags: [{ Key: "k", Value: "v w" }] });
  });

  test("reads a JSON request by its target header", () => {
    const headers = { "x-amz-target": "AWSEvents.PutRule" };

    const request = parseRequest(raw("events", { headers, body: Buffer.from('{"Name":"r"}') }));

    expect(request).toMatchObject({
      service: "events",
      action: "PutRule",
      protocol: "json",
      params: { Name: "r" },
    });
  });

  test.each([
    ["POST", "/2015-03-31/functions", "CreateFunction", {}],
    ["GET", "/2015-03-31/functions/f?Qualifier=1", "GetFunction", { FunctionName: "f" }],
    ["POST", "/2015-03-31/functions/f/invocations", "Invoke", { FunctionName: "f" }],
    [
      "POST",
      "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A444455556666%3Afunction%3Af/invocations",
      "Invoke",
      { FunctionName: "arn:aws:lambda:us-east-1:444455556666:function:f" },
    ],
    [
      "PUT",
      "/2019-09-25/functions/f/event-invoke-config",
      "PutFunctionEventInvokeConfig",
      { FunctionName: "f" },
    ],
    [
      "DELETE",
      "/2015-03-31/functions/f/policy/s",
      "RemovePermission",
      { FunctionName: "f", StatementId: "s" },
    ],
    ["GET", "/2030-01-01/unheard-of", "", {}],
  ])("reads the Lambda path %s %s", (method, url, action, params) => {
    const request = parseRequest(raw("lambda", { method, url }));

    expect(request).toMatchObject({ service: "lambda", protocol: "rest", action });
    expect(request.params).toEqual(params);
  });

  test("reads a compressed request of CloudWatch, whose clients compress long ones", () => {
    const body = gzipSync("Action=PutMetricData&Version=2010-08-01&Namespace=Shop");
    const headers = { "content-encoding": "gzip" };

    const request = parseRequest(raw("monitoring", { headers, body }));

    expect(request).toMatchObject({ action: "PutMetricData", params: { Namespace: "Shop" } });
    expect(request.headers).not.toHaveProperty("content-encoding");
  });

  test("keeps an object of S3 that is compressed as it is", () => {
    const body = gzipSync("text");
    const headers = { "content-encoding": "gzip" };

    const request = parseRequest(raw("s3", { method: "PUT", url: "/b/k", headers, body }));

    expect(request).toMatchObject({ action: "PutObject", headers, body });
  });

  test("keeps an invocation's payload out of the input", () => {
    const url = "/2015-03-31/functions/f/invocations";

    const request = parseRequest(raw("lambda", { url, body: Buffer.from('{"FunctionName":"other"}') }));

    expect(request.params).toEqual({ FunctionName: "f" });
  });

  test("finds no caller of an unsigned request", () => {
    const request = parseRequest({ ...raw("iam"), headers: {} });

    expect(request.accessKeyId).toBeUndefined();
    expect(request.service).toBe("");
  });
});

describe("query parameters", () => {
  test("sorts list members by their numbers", () => {
    const params = readQueryParams("Keys.member.10=j&Keys.member.2=b&Keys.member.1=a");

    expect(params).toEqual({ Keys: ["a", "b", "j"] });
  });

  test("reads back what it writes", () => {
    const params = { UserName: "mallory", Tags: [{ Key: "k", Value: "v" }], TagKeys: ["a", "b"] };

    const form = writeQueryParams("TagUser", "2010-05-08", params);

    expect(readQueryParams(form)).toEqual({ Action: "TagUser", Version: "2010-05-08", ...params });
  });
});
