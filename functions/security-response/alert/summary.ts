import { PAUSED_RULE } from "../../contract";
import { describePause } from "../../shared/pause";
import { listing, plain } from "../../shared/text";
import { isTampered, type ContainmentResult } from "../containment/containment-result";
import type { UserCreation } from "../event/user-creation";
import type { Settings } from "../settings";
import type { Verdict } from "../verdict/verdict";

/** What happened to whom, in a sentence or two. */
export function summarize(
  creation: UserCreation,
  verdict: Pick<Verdict, "rule">,
  result: ContainmentResult,
  settings: Settings,
  seconds: number | null,
): string {
  const name = result.user?.userName ?? creation.userName;
  const was = name === creation.userName ? "" : ` (created as ${creation.userName})`;
  const who = `IAM user ${name}${was} in account ${accountOf(settings)}`;
  const by = `created by ${plain(creation.creator.label, 200)}`;
  const tampered = isTampered(result) ? ` ${TAMPERED}` : "";
  return `${who}, ${by}, ${fate(verdict, result, seconds, settings)}.${tampered}`;
}

const TAMPERED =
  "The quarantine policy itself was tampered with: it no longer denies everything, and users it quarantined before are free.";

function fate(
  verdict: Pick<Verdict, "rule">,
  { status, method, failed, answeredElsewhere, gone, ignored, undoing }: ContainmentResult,
  seconds: number | null,
  settings: Settings,
): string {
  switch (status) {
    case "QUARANTINED":
      return answeredElsewhere
        ? "is denied everything; another delivery of this event answers it"
        : `is denied everything by ${method}${seconds === null ? "" : ` ${seconds} s after creation`}`;
    case "OBSERVED":
      return `is not trusted; nothing was changed, since ${whyObserved(verdict, settings)}`;
    case "TRUSTED":
      return "is trusted and was left alone";
    case "VANISHED":
      return whyVanished(gone);
    case "FAILED":
      return `is NOT contained. Failed: ${listing([...new Set(failed.map(({ step }) => step))])}`;
    case "HELD":
      return `is still denied everything by ${method}`;
    case "RESTORED":
      return `is ${undoing?.found === "late-credential" ? `still denied everything by ${method}` : `denied everything by ${method} again`}: ${undone(undoing)}`;
    case "ABANDONED":
      return `may be FREE: ${undone(undoing)}, as often before within an hour, and it is not put back any more`;
    case "RELEASED":
      return `was released by ${plain((undoing?.found === undefined && undoing?.by) || "somebody who may", 300)}`;
    case "IGNORED":
      return `was left alone: ${ignored?.reason ?? "there was nothing to do"}`;
  }
}

function whyObserved({ rule }: Pick<Verdict, "rule">, { mode, pause }: Settings): string {
  if (rule === PAUSED_RULE && pause !== undefined) {
    return `the quarantine is ${describePause(pause)}`;
  }
  return mode === "observe" ? "this account only observes" : "its creator is unknown";
}

function undone(undoing: ContainmentResult["undoing"]): string {
  switch (undoing?.found) {
    case "gap":
      return `${
        undoing.isUndone
          ? "the sweep found the deny off, and no event had told of it"
          : "the sweep found a part of the quarantine missing, and no event had told of it"
      }${undoing.by === undefined ? "" : `; ${plain(undoing.by, 300)} had called ${undoing.call}`}`;
    case "release-ended":
      return "its release has ended";
    case "late-credential":
      return "a look at the quarantine found credentials that the response had not seen, and took them";
    case undefined:
      return undoing
        ? `${plain(undoing.by, 300)} called ${undoing.call}, which can undo a quarantine`
        : "somebody took the deny off";
  }
}

function whyVanished(gone: ContainmentResult["gone"]): string {
  const what = gone?.mayAppear
    ? "does not exist or is not visible yet; it is not contained"
    : "was deleted again before it could be contained";
  return gone?.isLookedUp === false
    ? `${what}. It may have been renamed: the event does not state its id, by which it could be found`
    : what;
}

/** Name and id of the account, for people. */
export function accountOf({ accountId, accountName }: Settings): string {
  const name = plain(accountName, 100);
  return name === accountId ? accountId : `${name} (${accountId})`;
}
