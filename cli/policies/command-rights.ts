import { TAG_KEYS, TAG_STATUS } from "../../functions/contract";
import { NAMES } from "../../stacks/names";
import type { Condition } from "../../stacks/policies/document";
import { READ_USER } from "../../stacks/policies/responder";
import type { Grant } from "./grants";
import { organizationArn } from "./resource-arn";
import type { Place } from "./stack-block";

/** The three kinds of stacks. */
export type StackKind = "target" | "security" | "management";

/** Calls that a command makes itself, in addition to Terraform, with the role of an account. */
interface Right {
  /** The kind of account in which it is needed. */
  readonly in: StackKind;
  /** The resource, as the help text names it. */
  readonly on: string;
  readonly resource: (place: Place) => string;
  readonly actions: readonly string[];
  readonly when?: (place: Place) => Condition;
}

const onUsers = { in: "target", on: "users", resource: ({ names }: Place) => names.usersArn() } as const;
const onResponder = {
  in: "target",
  on: `the function ${NAMES.responder}`,
  resource: ({ names }: Place) => names.functionArn(NAMES.responder),
} as const;
/** For actions that have no type of resource (Service Authorization Reference). */
const everything = { on: "*", resource: () => "*" } as const;

const READ_CREDENTIALS: Right = {
  ...onUsers,
  actions: [
    "iam:GetLoginProfile",
    "iam:ListAccessKeys",
    "iam:ListMFADevices",
    "iam:ListServiceSpecificCredentials",
    "iam:ListSigningCertificates",
    "iam:ListSSHPublicKeys",
  ],
};

const READ_POLICY: Right = {
  in: "target",
  on: `the policy ${NAMES.quarantinePolicy}`,
  resource: ({ names }) => names.quarantinePolicyArn,
  actions: ["iam:GetPolicy", "iam:GetPolicyVersion"],
};

const READ_PAUSE: Right = { ...onResponder, actions: ["lambda:GetFunctionConfiguration"] };

const READ_AUDIT_LOG: Right = {
  in: "security",
  on: "the audit log",
  resource: ({ names }) => `${names.logGroupArn(NAMES.auditLog)}:*`,
  actions: ["logs:FilterLogEvents"],
};

const LOOK_UP_EVENTS: Right = { in: "target", ...everything, actions: ["cloudtrail:LookupEvents"] };

const STATUS: readonly Right[] = [
  { in: "target", ...everything, actions: ["iam:GetAccountAuthorizationDetails"] },
  READ_CREDENTIALS,
  READ_POLICY,
  READ_PAUSE,
];

const ownTags = (operator: string): Condition => ({
  [`ForAllValues:${operator}`]: { "aws:TagKeys": Object.values(TAG_KEYS) },
  // ForAllValues is also true for a request without the key.
  Null: { "aws:TagKeys": "false" },
});

/** Two of a user's denies can be matched by the ARN of the quarantine policy. */
const RELEASE: readonly Right[] = [
  { ...onUsers, actions: [...READ_USER, "iam:GetAccessKeyLastUsed"] },
  {
    ...onUsers,
    actions: ["iam:TagUser"],
    when: () => ({
      ...ownTags("StringEquals"),
      // A release never needs to deny a user.
      StringEqualsIfExists: { [`aws:RequestTag/${TAG_KEYS.status}`]: TAG_STATUS.released },
    }),
  },
  { ...onUsers, actions: ["iam:UntagUser"], when: () => ownTags("StringEqualsIgnoreCase") },
  {
    ...onUsers,
    actions: ["iam:DetachUserPolicy"],
    when: ({ names }) => ({ ArnEquals: { "iam:PolicyARN": names.quarantinePolicyArn } }),
  },
  {
    ...onUsers,
    actions: ["iam:DeleteUserPermissionsBoundary"],
    when: ({ names }) => ({ ArnEquals: { "iam:PermissionsBoundary": names.quarantinePolicyArn } }),
  },
  // The former boundary can be any policy, and IAM has no condition on the name of an inline policy.
  { ...onUsers, actions: ["iam:DeleteUserPolicy", "iam:PutUserPermissionsBoundary"] },
  {
    // With --reactivate-keys.
    ...onUsers,
    actions: [
      "iam:UpdateAccessKey",
      "iam:UpdateServiceSpecificCredential",
      "iam:UpdateSigningCertificate",
      "iam:UpdateSSHPublicKey",
    ],
  },
];

const PAUSE: readonly Right[] = [
  READ_PAUSE,
  {
    ...onResponder,
    actions: ["lambda:UpdateFunctionConfiguration"],
    // IAM has no condition on the environment. It has one on layers, another way to bring code into a
    // function.
    when: () => ({ Null: { "lambda:Layer": "true" } }),
  },
];

const onUnits = {
  in: "management",
  on: "the root and the organizational units",
  actions: ["organizations:ListAccountsForParent", "organizations:ListOrganizationalUnitsForParent"],
} as const;

const LIST_ACCOUNTS: readonly Right[] = [
  {
    in: "management",
    ...everything,
    actions: ["organizations:DescribeOrganization", "organizations:ListRoots"],
  },
  { ...onUnits, resource: (place) => organizationArn(place, "root", "*") },
  { ...onUnits, resource: (place) => organizationArn(place, "ou", "*") },
  {
    in: "management",
    on: "accounts",
    resource: (place) => organizationArn(place, "account", "*"),
    actions: ["organizations:DescribeAccount"],
  },
];

/** The permissions that commands need, for their help and for the roles of {@link OPERATOR_ROLES}. */
const COMMAND_RIGHTS = {
  status: STATUS,
  "review --live": [...STATUS, READ_AUDIT_LOG],
  replay: [LOOK_UP_EVENTS],
  explain: [LOOK_UP_EVENTS, { ...onUsers, actions: READ_USER }, READ_POLICY],
  "review --organization": LIST_ACCOUNTS,
  "accounts import": LIST_ACCOUNTS,
  drill: [
    {
      in: "target",
      on: `the function ${NAMES.drill}`,
      resource: ({ names }) => names.functionArn(NAMES.drill),
      actions: ["lambda:InvokeFunction"],
    },
    READ_AUDIT_LOG,
  ],
  release: RELEASE,
  // And `resume`.
  pause: PAUSE,
} as const satisfies Record<string, readonly Right[]>;

export type CommandWithRights = keyof typeof COMMAND_RIGHTS;

/** A role of operators: its commands, and the kinds of accounts in which it exists. */
interface OperatorRole {
  readonly commands: readonly CommandWithRights[];
  readonly in: readonly StackKind[];
}

export type OperatorUse = "read" | "drill" | "break-glass";

export const OPERATOR_ROLES: Readonly<Record<OperatorUse, OperatorRole>> = {
  read: {
    commands: ["status", "review --live", "replay", "explain", "review --organization", "accounts import"],
    in: ["target", "security", "management"],
  },
  drill: { commands: ["drill"], in: ["target", "security"] },
  // It has no permissions in the security account. It exists there because the guard exempts its name, so
  // nobody else may create it.
  "break-glass": { commands: ["release", "pause"], in: ["target", "security"] },
};

/** The permissions of some commands in an account of a kind. */
export function grantsFor(commands: readonly CommandWithRights[], kind: StackKind, place: Place): Grant[] {
  return rightsOf(...commands)
    .filter((right) => right.in === kind)
    .flatMap(({ actions, resource, when }) =>
      actions.map((action) => ({
        action,
        resource: resource(place),
        ...(when && { condition: when(place) }),
      })),
    );
}

const LINE = 120;

/** The same for the help of a command: a line per resource, with the actions on it. */
export function describeRights(command: CommandWithRights): string {
  const byResource = new Map<string, Set<string>>();
  for (const right of rightsOf(command)) {
    const where = right.in === "security" ? ", in the security account" : "";
    const key = `${right.on}${where}`;
    byResource.set(key, new Set([...(byResource.get(key) ?? []), ...right.actions]));
  }
  return [...byResource]
    .map(([on, actions]) => wrapped(`on ${on}: ${withoutRepeated([...actions])}`))
    .join("\n");
}

function rightsOf(...commands: readonly CommandWithRights[]): readonly Right[] {
  return commands.flatMap((command): readonly Right[] => COMMAND_RIGHTS[command]);
}

/** `iam:GetPolicy, GetPolicyVersion`. */
function withoutRepeated(actions: readonly string[]): string {
  const [service] = actions[0]?.split(":") ?? [];
  return actions
    .map((action, index) => (index === 0 ? action : action.replace(`${service}:`, "")))
    .join(", ");
}

function wrapped(text: string): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1) ?? "";
    if (last.length + word.length + 3 > LINE) {
      lines.push(`  ${word}`);
    } else {
      lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
    }
  }
  return lines.map((line) => `  ${line}`).join("\n");
}
