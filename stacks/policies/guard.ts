import {
  DRILL_PATH,
  functionLogGroup,
  SIMULATION_PATH,
  TAG_KEYS,
  TAG_STATUS,
} from "../../functions/contract";
import { hasChannels, type Channels } from "../config/channels";
import { ConfigError } from "../config/errors";
import { hasDrill, mayUndoRoleNames } from "../config/roles";
import type { Rollout } from "../config/rollout";
import { ALARM_PREFIX, AccountNames, NAMES, SECURITY_ALARM_PREFIX } from "../names";
import { policyDocument, type Condition, type PolicyDocument, type Statement } from "./document";

/**
 * Most characters of a service control policy, white space included, since 2026-05-15 (Organizations guide,
 * "Quotas and service limits").
 */
export const MAX_GUARD_CHARACTERS = 10_240;

/** The quota before that date: an organization may have tools that still count with it. */
const FORMER_MAX_GUARD_CHARACTERS = 5_120;

/** Functions in every account under the guard. */
const FUNCTIONS = [NAMES.responder, NAMES.notifier];

/** Further roles that the rollout creates. */
const OTHER_ROLES = [NAMES.forwardingRole, NAMES.hold, NAMES.sweep];

/** The settings on which the guard depends. */
type GuardSettings = Pick<
  Rollout,
  | "partition"
  | "deploymentRole"
  | "rolePath"
  | "permissionsBoundary"
  | "guard"
  | "drill"
  | "accounts"
  | "securityAccount"
>;

/** What one statement keeps of one service. */
interface Kept {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/**
 * The service control policy under which a quarantine cannot be undone. Each statement denies calls to
 * everyone except the roles that it names. If the request contains a fixed fact (the ARN of our policy, a tag
 * key), the statement matches that: a condition on a user's tag takes effect only some seconds after the tag
 * is written, and an attacker could use this delay.
 *
 * Account ids are `*`, since one policy is attached to many accounts. For exempt roles that is safe: in every
 * account under the policy, `KeepRoles` prevents everyone else from creating or changing a role that an
 * exemption matches, and a service control policy does not apply to callers of other accounts.
 *
 * docs/adr/0017-guard.md says why each statement is as it is.
 */
export function guardDocument(settings: GuardSettings): PolicyDocument {
  const names = new AccountNames(settings.partition, "*", settings);
  const configured = [...mayUndoRoleNames(settings), ...settings.guard.exemptRoles];
  const exempt = configured.map((role) => names.roleArn(role));
  const simulates = settings.accounts.some(({ attackSimulation }) => attackSimulation);
  const simulation = simulates ? [NAMES.simulation] : [];
  const drills = settings.accounts.some((account) => hasDrill(settings, account));
  const drill = drills ? [NAMES.drill] : [];
  const cleaners = [...simulation, ...drill];
  const { channels } = settings.securityAccount;
  // The roles of channels begin with the notifier's name.
  const notifiers = hasChannels(channels) ? `${NAMES.notifier}*` : NAMES.notifier;
  const allExcept = (...roles: readonly string[]): Condition => ({
    ArnNotLike: { "aws:PrincipalArn": [...exempt, ...roles.map((role) => names.ownRolePattern(role))] },
  });
  return policyDocument(
    ...keepDenies(names, allExcept(...cleaners)),
    keepPolicies(names, settings.permissionsBoundary, allExcept(NAMES.responder)),
    keepUsers(names, allExcept(NAMES.responder, NAMES.hold, ...cleaners)),
    keepTags(allExcept(NAMES.responder, NAMES.hold)),
    secondWall(names),
    keepRoles(
      [
        ...[NAMES.responder, notifiers, ...cleaners, ...OTHER_ROLES].flatMap((role) =>
          names.ownRoleResources(role),
        ),
        ...exempt,
      ],
      allExcept(...drill),
    ),
    keepParts(
      [
        functions(names, [NAMES.sweep, ...cleaners]),
        rules(names, channels),
        ...alerts(names, channels),
        trails(names, settings.guard.trails),
      ],
      allExcept(),
    ),
    keepInvocations(names, allExcept(NAMES.sweep)),
    keepMappings(names, allExcept()),
    keepEvents(names, allExcept(NAMES.forwardingRole, NAMES.responder, NAMES.hold, NAMES.sweep)),
    keepBus(settings.securityAccount.id, allExcept()),
    keepKey(allExcept()),
    ...(cleaners.length > 0
      ? [
          keepPaths(
            names,
            [...(simulates ? [SIMULATION_PATH] : []), ...(drills ? [DRILL_PATH] : [])],
            cleaners,
          ),
        ]
      : []),
    ...(simulates ? [confineSimulation(names)] : []),
    ...(drills ? [confineDrill(names)] : []),
    STAY,
  );
}

/**
 * The guard as it is deployed: minified, because white space counts.
 *
 * @throws ConfigError when it is longer than a service control policy may be.
 */
export function guardContent(settings: GuardSettings): string {
  const content = JSON.stringify(guardDocument(settings));
  if (content.length > MAX_GUARD_CHARACTERS) {
    throw new ConfigError("rollout.yaml", [
      {
        path: "guard",
        expected: `a service control policy of at most ${MAX_GUARD_CHARACTERS} characters`,
        found: `${content.length} characters`,
        hint: "every role is named in nearly every statement: name fewer exempt roles, or shorter ones",
      },
    ]);
  }
  return content;
}

/** A line for the operator when the guard is over the former quota; none while it is off. */
export function guardSizeWarning(rollout: GuardSettings): string[] {
  const size = rollout.guard.enabled ? guardContent(rollout).length : 0;
  return size <= FORMER_MAX_GUARD_CHARACTERS
    ? []
    : [
        `The guard has ${size} of the ${MAX_GUARD_CHARACTERS} characters that AWS allows since 2026-05-15: ` +
          `tools that still count with ${FORMER_MAX_GUARD_CHARACTERS} refuse to handle it.`,
      ];
}

/**
 * Keeps the two deny methods that a request shows by our policy's ARN: they are protected from the first
 * moment.
 */
function keepDenies(names: AccountNames, condition: Condition): Statement[] {
  const policyArn = names.quarantinePolicyArn;
  return [
    {
      Sid: "KeepDeny",
      Effect: "Deny",
      Action: "iam:DetachUserPolicy",
      Resource: "*",
      Condition: { ArnLike: { "iam:PolicyARN": policyArn }, ...condition },
    },
    {
      Sid: "KeepBoundary",
      Effect: "Deny",
      Action: "iam:DeleteUserPermissionsBoundary",
      Resource: "*",
      Condition: { ArnLike: { "iam:PermissionsBoundary": policyArn }, ...condition },
    },
  ];
}

/**
 * The deny-all document itself, which the responder sets right again when it was changed, and the policy that
 * bounds our roles: a version that allows nothing disarms them all.
 *
 * @param boundary As configured; a policy that AWS manages nobody changes.
 */
function keepPolicies(names: AccountNames, boundary: string | undefined, condition: Condition): Statement {
  const boundaries = boundary === undefined || boundary.startsWith("arn:") ? [] : [names.policyArn(boundary)];
  return {
    Sid: "KeepPolicy",
    Effect: "Deny",
    // CreatePolicy, CreatePolicyVersion, their deletion, SetDefaultPolicyVersion.
    Action: ["iam:C*", "iam:D*", "iam:Set*"],
    Resource: [names.quarantinePolicyArn, ...boundaries],
    Condition: condition,
  };
}

/**
 * Refuses every change of a quarantined user except of its tags: removing the inline deny, another boundary
 * in place of ours, another name, keys, passwords and other credentials, MFA devices. It takes effect with
 * the tag. Groups are left out: for IAM these calls concern the group, and no group overrides a deny.
 */
function keepUsers(names: AccountNames, condition: Condition): Statement {
  return {
    Sid: "KeepUsers",
    Effect: "Deny",
    Action: [
      "iam:Attach*",
      // ChangePassword, Create.
      "iam:C*",
      // Deactivate, Delete, Detach.
      "iam:D*",
      "iam:Enable*",
      "iam:Put*",
      // Reset, Resync.
      "iam:Res*",
      // Update, Upload.
      "iam:Up*",
    ],
    Resource: names.usersArn(),
    Condition: {
      StringEquals: { [`aws:ResourceTag/${TAG_KEYS.status}`]: DENIED },
      ...condition,
    },
  };
}

/** Values of the status tag of a user that should be denied everything. */
const DENIED = [TAG_STATUS.quarantined, TAG_STATUS.failed];

/** Keeps our tags on users, which decide who is quarantined and who is released. Tag keys ignore case. */
function keepTags(condition: Condition): Statement {
  return {
    Sid: "KeepTags",
    Effect: "Deny",
    Action: ["iam:CreateUser", "iam:TagUser", "iam:UntagUser"],
    Resource: "*",
    Condition: {
      "ForAnyValue:StringEqualsIgnoreCase": { "aws:TagKeys": Object.values(TAG_KEYS) },
      ...condition,
    },
  };
}

/**
 * Denies a tagged user everything, whatever its policies say. Only users: otherwise anyone who may tag a role
 * or pass session tags could lock others out.
 */
function secondWall(names: AccountNames): Statement {
  return {
    Sid: "SecondWall",
    Effect: "Deny",
    Action: "*",
    Resource: "*",
    Condition: {
      StringEquals: { [`aws:PrincipalTag/${TAG_KEYS.status}`]: DENIED },
      ArnLike: { "aws:PrincipalArn": names.usersArn() },
    },
  };
}

/**
 * Keeps the exempt roles and the rollout's own: nobody else creates, changes or passes a role of these names
 * and paths. Reading and assuming them is not refused: their trust policies decide about that.
 *
 * @param Resource ARN patterns, which include every role that is exempt from any statement.
 */
function keepRoles(Resource: readonly string[], condition: Condition): Statement {
  return {
    Sid: "KeepRoles",
    Effect: "Deny",
    Action: [
      "iam:Attach*",
      "iam:Create*",
      "iam:D*",
      "iam:PassRole",
      "iam:Put*",
      "iam:Tag*",
      "iam:Untag*",
      "iam:Update*",
    ],
    Resource,
    Condition: condition,
  };
}

/**
 * What was deployed, and the trails it depends on. Of different services, one statement is the same as one
 * for each: no action of a service is one on a resource of another. It names the exempt roles once.
 */
function keepParts(parts: readonly Kept[], condition: Condition): Statement {
  return {
    Sid: "KeepParts",
    Effect: "Deny",
    Action: parts.flatMap(({ actions, resources }) => (resources.length === 0 ? [] : actions)),
    Resource: parts.flatMap(({ resources }) => resources),
    Condition: condition,
  };
}

/** The functions: code, settings, concurrency, permissions. */
function functions(names: AccountNames, others: readonly string[]): Kept {
  return {
    actions: [
      "lambda:Add*",
      "lambda:Create*",
      "lambda:Delete*",
      // Publish, Put.
      "lambda:P*",
      "lambda:Remove*",
      "lambda:Update*",
    ],
    resources: [...FUNCTIONS, ...others].map((name) => names.functionArn(`${name}*`)),
  };
}

/**
 * Only EventBridge, which no service control policy binds, and the sweep may invoke these functions: a forged
 * event could quarantine any user, pretend a release, or tell the sweep to expect what somebody has changed.
 * Operators invoke the drill and the simulation, which leave users of others alone.
 */
function keepInvocations(names: AccountNames, condition: Condition): Statement {
  return {
    Sid: "KeepInvocations",
    Effect: "Deny",
    Action: "lambda:Invoke*",
    Resource: [...FUNCTIONS, NAMES.sweep].map((name) => names.functionArn(`${name}*`)),
    Condition: condition,
  };
}

/** An event source mapping is a resource of its own, which IAM knows by its function. */
function keepMappings(names: AccountNames, condition: Condition): Statement {
  return {
    Sid: "KeepMappings",
    Effect: "Deny",
    Action: "lambda:*EventSourceMapping",
    Resource: "*",
    Condition: {
      ArnLike: { "lambda:FunctionArn": FUNCTIONS.map((name) => names.functionArn(`${name}*`)) },
      ...condition,
    },
  };
}

/**
 * The rules with their targets, the default bus on which they rest, the central bus, its archive. The
 * security account has rules on the central bus and on its default bus, whose ARN does not name the bus.
 */
function rules(names: AccountNames, { webhooks }: Channels): Kept {
  return {
    actions: [
      "events:Delete*",
      "events:Disable*",
      "events:PutRule",
      "events:PutTargets",
      "events:Remove*",
      "events:Update*",
    ],
    resources: [
      names.ruleArn(`${NAMES.responder}-*`),
      // On the central bus, `rule/security-events/security-events-...`, and on the default bus.
      names.ruleArn(`*${NAMES.bus}-*`),
      names.defaultBusArn,
      names.securityBusArn,
      names.archiveArn(NAMES.archive),
      // Whoever changes where a webhook posts to gets the alerts.
      ...(webhooks.length > 0 ? [names.apiDestinationArn(`${NAMES.webhooks}-*`)] : []),
    ],
  };
}

/**
 * Who writes what other parts rely on: events on the central bus, where only forwarding roles put them, so
 * that nobody forges outcomes; the responder's log, in which the sweep finds the users who were answered; and
 * the sweep's own log, in which it finds its last health report. The roles' own policies decide which role
 * writes which of these.
 */
function keepEvents(names: AccountNames, condition: Condition): Statement {
  return {
    Sid: "KeepEvents",
    Effect: "Deny",
    Action: ["events:PutEvents", "logs:PutLogEvents"],
    Resource: [
      names.securityBusArn,
      ...[NAMES.responder, NAMES.sweep].map((name) => names.logGroupArn(`${functionLogGroup(name)}*`)),
    ],
    Condition: condition,
  };
}

/**
 * Keeps the policy of the central bus. For IAM these actions have no resource, so nobody else in the security
 * account can change the policy of any bus.
 */
function keepBus(securityAccountId: string, condition: Condition): Statement {
  return {
    Sid: "KeepBus",
    Effect: "Deny",
    Action: ["events:PutPermission", "events:RemovePermission"],
    Resource: "*",
    Condition: { StringEquals: { "aws:PrincipalAccount": securityAccountId }, ...condition },
  };
}

/** What people hear and read: topics with their subscriptions, queues, logs, alarms. */
function alerts(names: AccountNames, { chat }: Channels): Kept[] {
  const logGroups = [...[NAMES.responder, NAMES.notifier, NAMES.sweep].map(functionLogGroup), NAMES.auditLog];
  return [
    {
      actions: ["sns:Add*", "sns:Delete*", "sns:Put*", "sns:Remove*", "sns:Set*", "sns:Unsubscribe"],
      // A subscription has the topic's ARN with an id behind it.
      resources: [
        names.topicArn,
        `${names.topicArn}:*`,
        `${names.topicArnOf(NAMES.hold)}*`,
        ...(chat !== undefined ? [`${names.topicArnOf(NAMES.chatTopic)}*`] : []),
      ],
    },
    {
      actions: [
        "sqs:Add*",
        "sqs:Delete*",
        "sqs:Purge*",
        "sqs:Remove*",
        "sqs:Set*",
        "sqs:StartMessageMoveTask",
      ],
      resources: [names.queueArn(NAMES.deadLetters), names.queueArn(NAMES.securityDeadLetters)],
    },
    {
      actions: ["logs:*KmsKey", "logs:Delete*", "logs:Put*Filter", "logs:Put*Policy", "logs:PutTransformer"],
      resources: logGroups.map((group) => names.logGroupArn(`${group}*`)),
    },
    {
      actions: ["cloudwatch:Delete*", "cloudwatch:Disable*", "cloudwatch:Put*", "cloudwatch:Set*"],
      resources: [names.alarmArn(`${ALARM_PREFIX}*`), names.alarmArn(`${SECURITY_ALARM_PREFIX}*`)],
    },
  ];
}

/** Keeps the key of the security account's topic, recognized by its alias. */
function keepKey(condition: Condition): Statement {
  return {
    Sid: "KeepKey",
    Effect: "Deny",
    Action: [
      "kms:DeleteAlias",
      "kms:DisableKey",
      "kms:PutKeyPolicy",
      "kms:ScheduleKeyDeletion",
      "kms:UpdateAlias",
    ],
    Resource: "*",
    Condition: {
      "ForAnyValue:StringEquals": { "kms:ResourceAliases": NAMES.topicKeyAlias },
      ...condition,
    },
  };
}

/** Trails that the configuration names: without one, EventBridge gets no events of IAM. */
function trails(names: AccountNames, kept: readonly string[]): Kept {
  return {
    actions: [
      "cloudtrail:Delete*",
      "cloudtrail:PutEventSelectors",
      "cloudtrail:StopLogging",
      "cloudtrail:UpdateTrail",
    ],
    resources: kept.map((trail) => names.trailArn(trail)),
  };
}

/**
 * The simulation and the drill take the deny off users below their paths, to delete them. So nobody else,
 * exempt or not, creates a user there or moves one there: IAM asks for the permission on both ARNs (IAM API
 * reference, UpdateUser).
 */
function keepPaths(names: AccountNames, paths: readonly string[], cleaners: readonly string[]): Statement {
  return {
    Sid: "KeepPaths",
    Effect: "Deny",
    Action: ["iam:CreateUser", "iam:UpdateUser"],
    Resource: paths.map((path) => names.usersArn(path)),
    Condition: {
      ArnNotLike: { "aws:PrincipalArn": cleaners.map((role) => names.ownRolePattern(role)) },
    },
  };
}

/** The simulation is exempt where it cleans up, so it is confined to its own users. */
function confineSimulation(names: AccountNames): Statement {
  return {
    Sid: "ConfineSimulation",
    Effect: "Deny",
    Action: ["iam:Attach*", "iam:Create*", "iam:D*", "iam:Put*", "iam:Update*"],
    NotResource: names.usersArn(SIMULATION_PATH),
    Condition: { ArnLike: { "aws:PrincipalArn": names.ownRolePattern(NAMES.simulation) } },
  };
}

/**
 * The same for the drill, which is also exempt from `KeepRoles`, since it announces its users by a tag on its
 * own role.
 */
function confineDrill(names: AccountNames): Statement {
  return {
    Sid: "ConfineDrill",
    Effect: "Deny",
    Action: ["iam:A*", "iam:C*", "iam:D*", "iam:P*", "iam:T*", "iam:U*"],
    NotResource: [names.usersArn(DRILL_PATH), ...names.ownRoleResources(NAMES.drill)],
    Condition: { ArnLike: { "aws:PrincipalArn": names.ownRolePattern(NAMES.drill) } },
  };
}

/**
 * An account that leaves the organization leaves its service control policies behind, and so does one that
 * accepts the invitation of another organization: since November 2025 that takes no leaving first (AWS news,
 * "direct account transfers").
 */
const STAY: Statement = {
  Sid: "Stay",
  Effect: "Deny",
  Action: ["organizations:AcceptHandshake", "organizations:LeaveOrganization"],
  Resource: "*",
};
