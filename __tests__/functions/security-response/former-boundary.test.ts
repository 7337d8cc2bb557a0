import {
  AttachUserPolicyCommand,
  GetUserCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  TagUserCommand,
} from "@aws-sdk/client-iam";
import fc from "fast-check";
import { cleanTagValue } from "../../../functions/security-response/containment/tags";
import { decodeArn, encodeArn } from "../../../functions/shared/alert/former-boundary";
import { composeOutcomeAlert } from "../../../functions/shared/alert/outcome-alert";
import { iamError } from "../../support/functions/iam-error";
import {
  createResponder,
  OTHER_REQUEST,
  POLICY_ARN,
  REQUEST,
  SETTINGS,
  type Responder,
  type ResponderOptions,
} from "../../support/functions/responder";
import { loadFixture } from "../../support/load-fixture";

const TAG = "QuarantineFormerBoundary";
const event = loadFixture("events/by-iam-user");
const policy = (name: string) => `arn:aws:iam::111122223333:policy/${name}`;
const DEVELOPERS = policy("developers");
const denied = iamError("AccessDenied", "not authorized", 403);

/** The responder where only the boundary is allowed. */
function boundaryOnly(options: ResponderOptions = {}): Responder {
  const responder = createResponder(options);
  responder.iam.on(AttachUserPolicyCommand).rejects(denied);
  responder.iam.on(PutUserPolicyCommand).rejects(denied);
  return responder;
}

function mail(responder: Responder): string {
  return responder.alerts()[0]?.email ?? "";
}

const failedSteps = ({ failed }: { readonly failed: readonly { readonly step: string }[] }) =>
  failed.map(({ step }) => step);

test("a boundary of the user's own is kept in a tag, is in the alert, and the release puts it back", async () => {
  const responder = boundaryOnly({ mallory: { boundary: DEVELOPERS } });

  const outcome = await responder.respond(event);

  expect(responder.mallory.boundary).toBe(POLICY_ARN);
  expect(responder.mallory.tags.get(TAG)).toBe(DEVELOPERS);
  expect(outcome.done).toContain(`replaced the permissions boundary ${DEVELOPERS}`);
  expect(mail(responder)).toContain(
    `\n  aws iam put-user-permissions-boundary --user-name mallory --permissions-boundary ${DEVELOPERS}\n`,
  );
  expect(mail(responder)).not.toContain("delete-user-permissions-boundary");
});

test("a user without a boundary has none to get back, whatever a tag said before", async () => {
  const responder = boundaryOnly({ mallory: { tags: new Map([[TAG, policy("Admin")]]) } });

  await responder.respond(event);

  expect(responder.mallory.tags.get(TAG)).toBe("none");
  expect(mail(responder)).toContain("\n  aws iam delete-user-permissions-boundary --user-name mallory\n");
  expect(mail(responder)).not.toContain("Admin");
  expect(mail(responder)).not.toContain("if the user had another boundary before");
});

test("what was read overwrites a tag that was written beforehand, in the same spelling or another", async () => {
  const tags = new Map([
    [TAG, policy("Admin")],
    [TAG.toLowerCase(), policy("Other")],
  ]);
  const responder = boundaryOnly({ mallory: { boundary: DEVELOPERS, tags } });

  await responder.respond(event);

  expect(responder.mallory.tags.get(TAG)).toBe(DEVELOPERS);
  expect(responder.mallory.tags.has(TAG.toLowerCase())).toBe(false);
});

test("the other ways to deny read no boundary and write no such tag", async () => {
  const responder = createResponder({ mallory: { boundary: DEVELOPERS } });

  await responder.respond(event);

  expect(responder.mallory.boundary).toBe(DEVELOPERS);
  expect(responder.mallory.tags.has(TAG)).toBe(false);
});

test.each([
  ["another delivery", OTHER_REQUEST],
  ["a retry of the same request", REQUEST],
])("%s finds our own boundary and leaves the kept one in the tag", async (_name, requestId) => {
  const responder = boundaryOnly({ mallory: { boundary: DEVELOPERS } });
  await responder.respond(event);

  await responder.respond(event, {}, requestId);

  expect(responder.mallory.tags.get(TAG)).toBe(DEVELOPERS);
});

test("a retry whose boundary is ours already points at the tag and CloudTrail instead of only deleting ours", async () => {
  const responder = boundaryOnly({
    mallory: { boundary: POLICY_ARN, tags: new Map([[TAG, policy("Admin")]]) },
  });

  await responder.respond(event);

  expect(mail(responder)).toContain(`compare the tag ${TAG} with CreateUser and PutUserPermissionsBoundary`);
  expect(mail(responder)).not.toContain("policy/Admin");
});

test("two deliveries at once keep the boundary", async () => {
  const latency = () => new Promise((resolve) => setImmediate(resolve));
  const responder = boundaryOnly({ mallory: { boundary: DEVELOPERS }, latency });

  await Promise.all([responder.respond(event), responder.respond(event, {}, OTHER_REQUEST)]);

  expect(responder.mallory.tags.get(TAG)).toBe(DEVELOPERS);
});

test("a boundary that cannot be read is overwritten all the same, and the alert says that it is unknown", async () => {
  const tags = new Map([[TAG, DEVELOPERS]]);
  const responder = boundaryOnly({ mallory: { boundary: DEVELOPERS, tags } });
  const { userId, arn } = responder.mallory;
  responder.iam.on(GetUserCommand).callsFake(() => {
    if (responder.mallory.boundary !== POLICY_ARN) {
      throw denied;
    }
    const PermissionsBoundary = { PermissionsBoundaryArn: POLICY_ARN };
    return { User: { UserId: userId, UserName: "mallory", Arn: arn, PermissionsBoundary } };
  });

  const outcome = await responder.respond(event);

  expect(outcome).toMatchObject({ status: "QUARANTINED", method: "permissions-boundary" });
  expect(failedSteps(outcome)).toEqual(["managed-policy", "inline-policy", "keep the former boundary"]);
  expect(responder.mallory.tags.get(TAG)).toBe(DEVELOPERS);
  expect(mail(responder)).toContain("if the user had another boundary before");
});

test("a put that is repeated does not read its own boundary as the former one", async () => {
  const responder = boundaryOnly({ mallory: { boundary: DEVELOPERS } });
  let puts = 0;
  responder.iam.on(PutUserPermissionsBoundaryCommand).callsFake(() => {
    responder.mallory.boundary = POLICY_ARN;
    if (puts++ === 0) {
      throw iamError("ConcurrentModification", "try again", 409);
    }
    return {};
  });

  await responder.respond(event);

  expect(puts).toBe(2);
  expect(responder.mallory.tags.get(TAG)).toBe(DEVELOPERS);
});

test("a tag that cannot be written is a failed step; the alert still has the boundary and the command", async () => {
  const responder = boundaryOnly({ mallory: { boundary: DEVELOPERS } });
  responder.iam
    .on(TagUserCommand)
    .rejects(iamError("LimitExceeded", "Cannot exceed quota for Tags: 50", 409));

  const outcome = await responder.respond(event);

  expect(failedSteps(outcome)).toContain("tag");
  expect(outcome.done).toContain(`replaced the permissions boundary ${DEVELOPERS}`);
  expect(mail(responder)).toContain(`--permissions-boundary ${DEVELOPERS}`);
});

test("a boundary that is replaced only after the read-back failed is kept too", async () => {
  const responder = createResponder({ mallory: { boundary: DEVELOPERS } });
  responder.iam.on(AttachUserPolicyCommand).resolves({});
  responder.iam.on(PutUserPolicyCommand).rejects(denied);

  const outcome = await responder.respond(event);

  expect(outcome.method).toBe("permissions-boundary");
  expect(responder.mallory.tags.get(TAG)).toBe(DEVELOPERS);
  expect(mail(responder)).toContain(`--permissions-boundary ${DEVELOPERS}`);
});

test("an ARN longer than a tag value is in the alert, and the tag does not name another one", async () => {
  const long = policy(`${"p".repeat(300)}/developers`);
  const tags = new Map([[TAG, policy("Admin")]]);
  const responder = boundaryOnly({ mallory: { boundary: long, tags } });

  const outcome = await responder.respond(event);

  expect(outcome.failed).toContainEqual({
    step: "keep the former boundary",
    error: expect.stringContaining("TooLong: a tag takes 256 characters") as string,
  });
  expect(responder.mallory.tags.get(TAG)).toBe("longer than a tag: see CloudTrail");
  expect(mail(responder)).toContain("if the user had another boundary before");
});

test("a comma is escaped in the tag, and the command has the real ARN", async () => {
  const responder = boundaryOnly({ mallory: { boundary: policy("dev,test=1") } });

  await responder.respond(event);

  expect(responder.mallory.tags.get(TAG)).toBe("arn:aws:iam::111122223333:policy/dev=2Ctest=3D1");
  expect(mail(responder)).toContain(`--permissions-boundary ${policy("dev,test=1")}\n`);
});

test("a path with characters of the shell is quoted in the command", async () => {
  const responder = boundaryOnly({ mallory: { boundary: policy("$(id)'x/dev") } });

  const outcome = await responder.respond(event);

  const { message } = composeOutcomeAlert(outcome, SETTINGS);
  expect((JSON.parse(message) as { email: string }).email).toContain(
    `--permissions-boundary '${policy("$(id)'\\''x/dev")}'\n`,
  );
});

test("every ARN survives as a tag value", () => {
  // IAM API reference: a path holds the characters from ! to DEL, a name letters, digits and _+=,.@-
  const path = fc.string({
    unit: fc.integer({ min: 0x21, max: 0x7f }).map((code) => String.fromCharCode(code)),
  });
  fc.assert(
    fc.property(path, (text) => {
      const encoded = encodeArn(policy(text));
      expect(encoded.length > 256 ? encoded : cleanTagValue(encoded)).toBe(encoded);
      expect(decodeArn(encoded)).toBe(policy(text));
    }),
  );
});
