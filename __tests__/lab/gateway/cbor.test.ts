import { cbor } from "@smithy/core/cbor";
import { errorResponse, jsonResponse } from "../../../lab/exchange/responses";
import { cborResponse } from "../../../lab/gateway/cbor";
import { parseRequest } from "../../../lab/gateway/parse-request";
import { AwsError } from "../../../lab/shared/errors";
import { exchangeOf } from "../../support/lab/exchange";

const AUTHORIZATION =
  "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260105/us-east-1/monitoring/aws4_request, Signature=0";

function request(operation: string, body: Uint8Array) {
  return parseRequest({
    id: "1",
    method: "POST",
    url: `/service/GraniteServiceVersion20100801/operation/${operation}`,
    headers: {
      authorization: AUTHORIZATION,
      "content-type": "application/cbor",
      "smithy-protocol": "rpc-v2-cbor",
    },
    body: Buffer.from(body),
    sourceIp: "192.0.2.7",
  });
}

describe("a request in CBOR", () => {
  // {"Namespace": "Shop", "At": 1(1767600000.5), "Values": [_ 1, 2.5], "On": true, "Blob": h'0102'}
  const BODY = Buffer.from(
    "a5694e616d6573706163656453686f70" +
      "624174c1fb41da56dbe0200000" +
      "6656616c7565739f01f94100ff" +
      "624f6ef5" +
      "64426c6f62420102",
    "hex",
  );

  test("is one of JSON with the same input inside the lab, times in seconds", () => {
    const read = request("PutMetricData", BODY);

    const input = { Namespace: "Shop", At: 1767600000.5, Values: [1, 2.5], On: true, Blob: "AQI=" };
    expect(read).toMatchObject({
      service: "monitoring",
      action: "PutMetricData",
      protocol: "cbor",
      url: "/",
    });
    expect(read.params).toEqual(input);
    expect(JSON.parse(read.body.toString())).toEqual(input);
    expect(read.headers).toMatchObject({
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": "GraniteServiceVersion20100801.PutMetricData",
    });
  });

  test("may have no body where the operation has no input", () => {
    expect(request("DescribeAlarms", Buffer.alloc(0))).toMatchObject({
      action: "DescribeAlarms",
      params: {},
    });
  });

  test("is of no known operation when its body is no CBOR", () => {
    expect(request("DescribeAlarms", BODY.subarray(0, 20)).action).toBe("");
  });
});

describe("an answer in CBOR", () => {
  test("has the members of the JSON answer, and tags times", () => {
    const answer = cborResponse(
      jsonResponse({ Datapoints: [{ Timestamp: 1767600000, Sum: 2.5, Unit: null }] }),
    );

    expect(answer.headers).toMatchObject({
      "content-type": "application/cbor",
      "smithy-protocol": "rpc-v2-cbor",
    });
    // {"Datapoints": [{"Timestamp": 1(1767600000), "Sum": 2.5}]}
    expect(answer.body.toString("hex")).toBe(
      "a16a44617461706f696e747381a26954696d657374616d70c11a695b6f806353756dfb4004000000000000",
    );
  });

  test("tags every time of a list", () => {
    const answer = cborResponse(jsonResponse({ Timestamps: [1, 2], Values: [1, 2] }));

    // {"Timestamps": [1(1), 1(2)], "Values": [1, 2]}
    expect(answer.body.toString("hex")).toBe("a26a54696d657374616d707382c101c1026656616c756573820102");
  });

  test("is an empty structure where JSON has no body", () => {
    const answer = cborResponse({ status: 200, headers: {}, body: Buffer.alloc(0) });

    expect(answer.body.toString("hex")).toBe("a0");
  });

  test.each([
    [403, "AccessDenied", "AccessDenied;Sender"],
    [500, "InternalFailure", "InternalFailure;Receiver"],
  ])("has the code of an error with status %i in the body and in the header", (status, code, header) => {
    const rest = { method: "POST", path: "/" };
    const asked = exchangeOf({ service: "monitoring", action: "ListMetrics", rest }).request;

    const answer = cborResponse(
      errorResponse({ ...asked, protocol: "cbor" }, new AwsError(code, "No.", status)),
    );

    expect(answer).toMatchObject({ status, headers: { "x-amzn-query-error": header } });
    expect(cbor.deserialize(answer.body)).toMatchObject({ __type: code, message: "No." });
  });
});
