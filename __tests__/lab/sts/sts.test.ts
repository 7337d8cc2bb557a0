import { AccessKeys } from "../../../lab/exchange/access-keys";
import type { Principal } from "../../../lab/exchange/principal";
import { sessionStarter, stsHandler } from "../../../lab/sts/sts";
import { exchangeOf, RECEIVED_AT, ROLE, USER } from "../../support/lab/exchange";
import { propagationOf } from "../../support/lab/manual-clock";

const now = () => RECEIVED_AT;

/** Assumes a role with a source identity; returns the answer and the session that has the new key. */
async function assume(SourceIdentity: string | undefined, principal: Principal = USER) {
  const keys = new AccessKeys(propagationOf(0));
  const findRole = () => Promise.resolve({ arn: ROLE.roleArn, id: ROLE.roleId });
  const settings = { current: { rolesLeadTo: {} } } as Parameters<typeof stsHandler>[3];
  const handle = stsHandler(sessionStarter(keys, findRole, now), keys, now, settings);
  const params = {
    RoleArn: ROLE.roleArn,
    RoleSessionName: "s",
    ...(SourceIdentity !== undefined && { SourceIdentity }),
  };
  const response = await handle(exchangeOf({ service: "sts", action: "AssumeRole", params }, principal));
  const body = response?.body.toString("utf8") ?? "";
  const [, key = ""] = /<AccessKeyId>(\w+)</.exec(body) ?? [];
  return { body, session: keys.principalOf(key) };
}

test("a session keeps the source identity that it was started with", async () => {
  const { body, session } = await assume("alice@example.com");

  expect(body).toContain("<SourceIdentity>alice@example.com</SourceIdentity>");
  expect(session).toMatchObject({ sourceIdentity: "alice@example.com" });
});

test("a session without one has none", async () => {
  expect((await assume(undefined)).session).not.toHaveProperty("sourceIdentity");
});

test("a session passes its source identity on, and cannot change it", async () => {
  const caller = { ...ROLE, sourceIdentity: "alice" };

  expect((await assume(undefined, caller)).session).toMatchObject({ sourceIdentity: "alice" });
  await expect(assume("bob", caller)).rejects.toMatchObject({ code: "AccessDenied" });
});

test.each(["a", "x".repeat(65), "two words", "aws:alice"])("%s is no source identity", async (name) => {
  await expect(assume(name)).rejects.toMatchObject({ code: "ValidationError", status: 400 });
});
