import { planInWords, planQuarantine } from "../../functions/security-response/containment/plan";
import type { UserState } from "../../functions/security-response/containment/user-state";
import type { JsonObject } from "../../functions/shared/json";
import type { Account, Rollout } from "../../stacks/config/rollout";
import { AccountNames } from "../../stacks/names";
import { escapeControlCharacters } from "../escape-control-characters";
import type { DecidingLine, FindLine } from "./deciding-line";
import { judge, type Judgement } from "./judge";

/** Why a record leads to a verdict. */
export type Explanation =
  | {
      readonly kind: "explained";
      readonly account: string;
      readonly accountId: string;
      readonly mode: Account["mode"];
      readonly eventId: string;
      readonly eventTime: string;
      readonly userName: string;
      readonly createdBy: string;
      readonly sourceIp: string;
      readonly action: string;
      readonly rule: string;
      readonly reason: string;
      readonly decidedBy?: DecidingLine;
      /** What the account does about it, as text; empty for what is trusted or ignored. */
      readonly steps: readonly string[];
      /** For an account that does not enforce: what it would do in mode `enforce`. */
      readonly wouldDo?: readonly string[];
      /** The source of the steps. */
      readonly basis: string;
    }
  | Extract<Judgement, { kind: "unreadable" | "elsewhere" }>;

/** The user in IAM now; undefined if it was not read. */
export interface SeenUser {
  readonly state: UserState;
  /** What could not be read, as text. */
  readonly unread: readonly string[];
}

/** Explains what the responder does about one record, and what decided it. Pure. */
export function explain(
  record: JsonObject,
  rollout: Rollout,
  findLine: FindLine,
  now: number,
  seen?: SeenUser,
): Explanation {
  const judgement = judge(record, rollout, now);
  if (judgement.kind !== "judged") {
    return judgement;
  }
  const { account, decision } = judgement;
  const { verdict, creation, tampering } = decision;
  const enforced = account.mode === "enforce" ? judgement : judge(record, rollout, now, "enforce");
  const decidedBy = findLine(verdict, account.id);
  const wouldDo =
    account.mode !== "enforce" && enforced.kind === "judged"
      ? stepsOf(enforced.decision, account, rollout, now, seen)
      : undefined;
  const about = (enforced.kind === "judged" ? enforced.decision.creation : undefined) ?? creation;
  return {
    kind: "explained",
    account: account.name,
    accountId: account.id,
    mode: account.mode,
    eventId: about?.eventId ?? tampering?.eventId ?? "",
    eventTime: about?.eventTime ?? tampering?.eventTime ?? "",
    userName: about?.userName ?? tampering?.userName ?? "",
    createdBy: about?.creator.label ?? tampering?.caller.label ?? "",
    sourceIp: about?.sourceIp ?? tampering?.sourceIp ?? "",
    ...verdict,
    ...(decidedBy && { decidedBy }),
    steps: stepsOf(decision, account, rollout, now, seen),
    ...(wouldDo && wouldDo.length > 0 && { wouldDo }),
    basis:
      seen === undefined
        ? "a user of whom IAM was not asked"
        : ["what IAM shows of the user now", ...seen.unread.map((line) => `not read: ${line}`)].join("; "),
  };
}

type Decision = Extract<Judgement, { kind: "judged" }>["decision"];

function stepsOf(
  { verdict, creation }: Decision,
  account: Account,
  rollout: Rollout,
  now: number,
  seen: SeenUser | undefined,
): string[] {
  const state = seen?.state ?? {};
  switch (verdict.action) {
    case "quarantine": {
      const { quarantinePolicyArn: policyArn } = new AccountNames(rollout.partition, account.id);
      const settings = { ...account, policyArn };
      const { reason } = verdict;
      const steps = creation ? planQuarantine(state, { creation, reason }, settings, now) : [];
      return planInWords(steps, state, settings);
    }
    case "restore":
      return ["read the user, and put back by every method what is missing of its quarantine, if it has one"];
    case "observe":
      return ["send an alert, and change nothing"];
    case "trust":
    case "ignore":
      return [];
  }
}

/** The explanation for people. */
export function explanationText(explanation: Explanation, file: string): string {
  if (explanation.kind === "elsewhere") {
    const id = explanation.accountId || "unknown";
    return `Account ${id} is not a target account in ${file}: it has no responder.`;
  }
  if (explanation.kind === "unreadable") {
    return `The responder of ${explanation.account.name} cannot read the record: it would alert, and leave the event in the dead-letter queue. ${explanation.error}`;
  }
  const { account, accountId, mode, decidedBy, steps, wouldDo } = explanation;
  const by = decidedBy === undefined ? "" : ` ${decidedBy.path}`;
  const place = decidedBy === undefined ? "" : (decidedBy.place ?? "the default");
  const rows: readonly (readonly [string, string])[] = [
    ["Account", `${account} (${accountId}), mode ${mode}`],
    ["User", explanation.userName],
    ["Created by", explanation.createdBy],
    ["From", explanation.sourceIp],
    ["Event", [explanation.eventTime, explanation.eventId].filter((text) => text !== "").join(" ")],
    ["Verdict", `${explanation.action} by ${explanation.rule}`],
    ["Reason", explanation.reason],
    ["Decided by", `${place}${by}`],
  ];
  return [
    ...rows.flatMap(([name, value]) =>
      value === "" ? [] : [`${`${name}:`.padEnd(12)} ${escapeControlCharacters(value)}`],
    ),
    "",
    ...numbered("What is done", steps, explanation.basis),
    ...(wouldDo ? ["", ...numbered("What the mode enforce would do", wouldDo, explanation.basis)] : []),
  ].join("\n");
}

function numbered(title: string, steps: readonly string[], basis: string): string[] {
  return steps.length === 0
    ? [`${title}: nothing`]
    : [
        `${title} (from ${escapeControlCharacters(basis)}):`,
        ...steps.map((step, index) => `${index + 1}. ${escapeControlCharacters(step)}`),
      ];
}
