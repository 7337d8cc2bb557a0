import { signRequest } from "../../../../cli/rollout/taken-names/sign-request";

const REQUEST = {
  service: "service",
  region: "us-east-1",
  credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" },
  url: new URL("https://example.amazonaws.com/"),
  headers: {},
  body: "",
  time: new Date("2015-08-30T12:36:00Z"),
};

test("a request is signed as in AWS's test suite (post-vanilla)", () => {
  expect(signRequest(REQUEST)).toEqual({
    "x-amz-date": "20150830T123600Z",
    authorization:
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
  });
});

test("a session's token and every other header are part of the signature", () => {
  const { authorization, ...headers } = signRequest({
    ...REQUEST,
    credentials: { ...REQUEST.credentials, sessionToken: "TOKEN" },
    headers: { "x-amz-target": "AWSEvents.DescribeRule" },
  });

  expect(headers).toMatchObject({ "x-amz-security-token": "TOKEN" });
  expect(authorization).toContain("SignedHeaders=host;x-amz-date;x-amz-security-token;x-amz-target,");
});
