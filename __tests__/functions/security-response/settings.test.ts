import { RESPONDER_ENV } from "../../../functions/contract";
import { readSettings } from "../../../functions/security-response/settings";
import { SettingsError } from "../../../functions/shared/errors";

const ENV: Readonly<Record<string, string>> = {
  [RESPONDER_ENV.mode]: "enforce",
  [RESPONDER_ENV.policyArn]: "arn:aws-us-gov:iam::111122223333:policy/AutomatedSecurityQuarantine",
  [RESPONDER_ENV.topicArn]: "arn:aws-us-gov:sns:us-gov-west-1:111122223333:security-alerts",
  [RESPONDER_ENV.accountId]: "111122223333",
  [RESPONDER_ENV.accountName]: "payments",
  [RESPONDER_ENV.version]: "1.2.3",
  [RESPONDER_ENV.trust]: '{"creators":[{"arn":"arn:aws:iam::*:role/x","names":["a*"]}],"users":[]}',
  [RESPONDER_ENV.mayUndo]:
    '[{"arn":"arn:aws-us-gov:iam::111122223333:role/ops/Deploy"},{"arn":"arn:aws-us-gov:iam::111122223333:role/x","path":"/x/"}]',
  [RESPONDER_ENV.rolePath]: "/security/",
  [RESPONDER_ENV.deactivateAccessKeys]: "false",
  [RESPONDER_ENV.deleteLoginProfile]: "true",
};

function problemsOf(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  try {
    readSettings(env);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) {
      return error.problems;
    }
    throw error;
  }
}

test("reads what the stack writes", () => {
  const settings = readSettings(ENV);

  expect(settings).toEqual({
    mode: "enforce",
    policyArn: ENV[RESPONDER_ENV.policyArn],
    topicArn: ENV[RESPONDER_ENV.topicArn],
    accountId: "111122223333",
    accountName: "payments",
    version: "1.2.3",
    partition: "aws-us-gov",
    rolePath: "/security/",
    trust: { creators: [{ arn: "arn:aws:iam::*:role/x", names: ["a*"] }], users: [] },
    mayUndo: [
      { arn: "arn:aws-us-gov:iam::111122223333:role/ops/Deploy" },
      { arn: "arn:aws-us-gov:iam::111122223333:role/x", path: "/x/" },
    ],
    deactivateAccessKeys: false,
    deleteLoginProfile: true,
  });
});

test("trusts nobody, lets nobody undo, stops keys and keeps passwords by default", () => {
  const { mode, policyArn, topicArn, accountId, version } = RESPONDER_ENV;
  const required = [mode, policyArn, topicArn, accountId, version];
  const env = Object.fromEntries(required.map((name) => [name, ENV[name]]));

  const settings = readSettings(env);

  expect(settings).toMatchObject({
    accountName: "111122223333",
    rolePath: "/",
    trust: { creators: [], users: [] },
    mayUndo: [],
    deactivateAccessKeys: true,
    deleteLoginProfile: false,
  });
});

test("lists every bad variable at once", () => {
  const problems = problemsOf({
    [RESPONDER_ENV.mode]: "quarantine",
    [RESPONDER_ENV.accountId]: "12345",
    [RESPONDER_ENV.version]: "latest",
    [RESPONDER_ENV.trust]: "{",
    [RESPONDER_ENV.mayUndo]: "nobody",
    [RESPONDER_ENV.deactivateAccessKeys]: "yes",
  });

  expect(problems).toEqual([
    "QUARANTINE_MODE: expected one of enforce, observe, off, got quarantine",
    "QUARANTINE_POLICY_ARN: expected the ARN of a managed policy, got nothing",
    "ALERT_TOPIC_ARN: expected the ARN of a topic, got nothing",
    "ACCOUNT_ID: expected 12 digits, got 12345",
    "QUARANTINE_VERSION: expected a version such as 0.2.0, got latest",
    "TRUSTED_CREATIONS: expected JSON, got {",
    "MAY_UNDO: expected JSON, got nobody",
    "DEACTIVATE_ACCESS_KEYS: expected true or false, got yes",
  ]);
});

test.each([
  ["[]", "expected an object"],
  ['{"creator":[]}', "creator: unknown, expected one of creators, users"],
  ['{"creators":{}}', "creators: expected a list"],
  ['{"creators":["x"]}', "creators[0]: expected an object"],
  ['{"creators":[{}]}', "creators[0].arn: expected an ARN"],
  ['{"creators":[{"arn":""}]}', "creators[0].arn: expected an ARN"],
  ['{"creators":[{"arn":"a","userAgent":"x"}]}', "creators[0].userAgent: unknown"],
  ['{"creators":[{"arn":"a","invokedBy":1}]}', "creators[0].invokedBy: expected a service name"],
  [
    '{"creators":[{"arn":"a","until":"2026-02-30"}]}',
    "creators[0].until: expected a date such as 2026-12-31",
  ],
  ['{"users":[{"anyCreator":true,"names":["a"],"until":1}]}', "users[0].until: expected a date"],
  ['{"creators":[{"arn":"a","paths":"/x/"}]}', "creators[0].paths: expected a list of patterns"],
  ['{"users":[{"names":["x"]}]}', "users[0].anyCreator: expected true"],
  ['{"users":[{"anyCreator":true,"names":[1]}]}', "users[0].names: expected a list of patterns"],
])("refuses the trust %s", (trust, problem) => {
  const problems = problemsOf({ ...ENV, [RESPONDER_ENV.trust]: trust });

  expect(problems).toEqual([expect.stringContaining(`TRUSTED_CREATIONS: ${problem}`)]);
});

const ROLE = "arn:aws:iam::111122223333:role/Deploy";

test.each([
  ["{}", "expected a list"],
  ["null", "expected a list"],
  [`["${ROLE}"]`, "[0]: expected an object"],
  ["[{}]", "[0].arn: expected the exact ARN of a role, got nothing"],
  ['[{"arn":"Deploy"}]', "[0].arn: expected the exact ARN of a role"],
  ['[{"arn":"arn:aws:iam::111122223333:role/*"}]', "[0].arn: expected the exact ARN of a role"],
  ['[{"arn":"arn:aws:iam::*:role/Deploy"}]', "[0].arn: expected the exact ARN of a role"],
  ['[{"arn":"arn:aws:iam::111122223333:user/Deploy"}]', "[0].arn: expected the exact ARN of a role"],
  [
    '[{"arn":"arn:aws:sts::111122223333:assumed-role/Deploy/x"}]',
    "[0].arn: expected the exact ARN of a role",
  ],
  [`[{"arn":"${ROLE}","path":"/x/*"}]`, "[0].path: expected a path such as"],
  [`[{"arn":"${ROLE}","path":"/"}]`, "[0].path: expected a path such as"],
  [`[{"arn":"${ROLE}","path":"x"}]`, "[0].path: expected a path such as"],
  [`[{"arn":"${ROLE}","path":""}]`, "[0].path: expected a path such as"],
  [`[{"arn":"${ROLE}","names":["x"]}]`, "[0].names: unknown, expected one of arn, path"],
])("refuses the roles that may undo %s", (mayUndo, problem) => {
  const problems = problemsOf({ ...ENV, [RESPONDER_ENV.mayUndo]: mayUndo });

  expect(problems).toEqual([expect.stringContaining(`MAY_UNDO: ${problem}`)]);
});
