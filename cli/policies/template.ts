import { ROLE_USES, type AccountRoles, type GeneratedRole, type RoleUse } from "./account-roles";
import type { Boundary } from "./boundary";

type Resources = Record<string, { readonly Type: string; readonly Properties: object }>;

/**
 * A CloudFormation template of the roles of one kind of account, for a stack or a StackSet. CloudFormation
 * inserts the account's id, so one template works for all accounts of that kind.
 */
export function roleTemplate({ account, kind, boundary, ...roles }: AccountRoles): object {
  const resources: Resources = {
    ...Object.fromEntries(ROLE_USES.flatMap((use) => Object.entries(roleResources(IDS[use], roles[use])))),
    ...(boundary && { Boundary: boundaryResource(boundary) }),
  };
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: `iam-user-quarantine: the roles that are assumed in a ${kind} account`,
    Resources: withAccountId(resources, account.id),
  };
}

/** Prefixes of the logical ids by which CloudFormation identifies the resources. */
const IDS: Readonly<Record<RoleUse, string>> = {
  plan: "Plan",
  apply: "Apply",
  read: "Read",
  drill: "Drill",
  "break-glass": "BreakGlass",
};

function boundaryResource({ name, document }: Boundary): Resources[string] {
  return {
    Type: "AWS::IAM::ManagedPolicy",
    Properties: {
      ManagedPolicyName: nameOf(name),
      Path: pathOf(name),
      Description: "The most that roles of iam-user-quarantine may do",
      PolicyDocument: document,
    },
  };
}

function roleResources(id: string, role: GeneratedRole | undefined): Resources {
  if (role === undefined) {
    return {};
  }
  const { name, trust, policies } = role;
  const documents = policies.map((document, index) => ({ key: `${id}Policy${index + 1}`, document }));
  return {
    ...Object.fromEntries(
      documents.map(({ key, document }) => [
        key,
        { Type: "AWS::IAM::ManagedPolicy", Properties: { PolicyDocument: document } },
      ]),
    ),
    [`${id}Role`]: {
      Type: "AWS::IAM::Role",
      Properties: {
        RoleName: nameOf(name),
        Path: pathOf(name),
        [TRUST]: trust,
        ManagedPolicyArns: documents.map(({ key }) => ({ Ref: key })),
      },
    },
  };
}

/** `ops/Deploy` is the name `Deploy` with the path `/ops/`. */
function nameOf(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

function pathOf(name: string): string {
  return `/${name.slice(0, name.lastIndexOf("/") + 1)}`;
}

/** Its principals are exactly the named ones, even if one is in the same account. */
const TRUST = "AssumeRolePolicyDocument";

/**
 * `Fn::Sub` in every text that contains the account's id. IAM's own variables are written `${!...}` there.
 */
function withAccountId(value: unknown, accountId: string): unknown {
  if (typeof value === "string") {
    const text = value.replaceAll(`:${accountId}:`, "\0");
    return text === value
      ? value
      : { "Fn::Sub": text.replaceAll("${", "${!").replaceAll("\0", ":${AWS::AccountId}:") };
  }
  if (Array.isArray(value)) {
    return value.map((each) => withAccountId(each, accountId));
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [
        key,
        key === TRUST ? each : withAccountId(each, accountId),
      ]),
    );
  }
  return value;
}
