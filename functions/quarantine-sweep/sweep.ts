import { GetPolicyCommand } from "@aws-sdk/client-iam";
import { errorText } from "../shared/aws-error";
import { Deadline } from "../shared/deadline";
import { describePause, pauseAt } from "../shared/pause";
import { standing, undenied } from "./choose";
import { GapCloser } from "./close-gaps";
import type { Dependencies } from "./dependencies";
import { SWEEP_MS } from "./durations";
import { SweepError } from "./errors";
import { listUsers } from "./list-users";
import { CreationRecovery } from "./recover-creations";
import type { SweepReport } from "./report";
import type { SweepSettings } from "./settings";
import { SweepContext } from "./sweep-context";

/**
 * Looks for what no event reported: users to whose creation there was no response, and quarantines with a
 * gap. It changes no user itself: the responder decides and acts. It stores nothing: what one sweep has no
 * time for, the next one finds again.
 *
 * @param remaining Milliseconds until Lambda ends the function.
 * @throws SweepError when the quarantine policy is gone, and what IAM answers when it does not list users
 */
export async function sweep(
  settings: SweepSettings,
  dependencies: Dependencies,
  remaining: () => number,
): Promise<SweepReport> {
  const { iam, clock } = dependencies;
  const deadline = new Deadline(clock, clock() + remaining() - SWEEP_MS.reserve);
  const context = new SweepContext(settings, dependencies, deadline);
  const closer = new GapCloser(context);
  const recovery = new CreationRecovery(context);
  const users = await listUsers(iam, await deployedAt(context), deadline);
  const isEnforced = settings.mode === "enforce";
  const now = clock();
  const isPaused = isEnforced && (await readIsPaused(context));
  const standings = isEnforced
    ? users.map((user) => ({ user, is: standing(user, isPaused, settings, now) }))
    : [];
  const open = standings.filter(({ is }) => is === "gap").map(({ user }) => user);
  if (isEnforced) {
    await closer.checkPolicy();
    await closer.closeGaps(open);
  }
  // The responder is not asked twice about a user with a gap.
  const others = users.filter((user) => !open.includes(user));
  const { candidates, left } = await recovery.recover(undenied(others, settings, now), isPaused);
  await closer.checkCredentials(standings.filter(({ is }) => is === "denied").map(({ user }) => user));
  const { recovered, afterPause, unknown } = recovery;
  const { gaps } = closer;
  const { failures } = context;
  return { users: users.length, candidates, recovered, afterPause, unknown, gaps, left, failures };
}

/** If it cannot be read, that does no harm: the responder itself denies no new user during a pause. */
async function readIsPaused({ dependencies, deadline }: SweepContext): Promise<boolean> {
  const { pause: readPause, clock, log } = dependencies;
  try {
    const pause = pauseAt(await deadline.within(SWEEP_MS.pause).run(readPause), clock());
    if (pause !== undefined) {
      log.warn(`The quarantine is ${describePause(pause)}`);
    }
    return pause !== undefined;
  } catch (error) {
    log.warn("Whether the quarantine is paused is not known", { error: errorText(error) });
    return false;
  }
}

/**
 * When the account was deployed for the first time: the creation time of the quarantine policy, which nobody
 * can change. Without the policy there is no quarantine, and the sweep fails.
 */
async function deployedAt({ settings, dependencies, deadline }: SweepContext): Promise<number> {
  const command = new GetPolicyCommand({ PolicyArn: settings.policyArn });
  const { Policy } = await deadline.run((options) => dependencies.iam.send(command, options));
  if (Policy?.CreateDate === undefined) {
    throw new SweepError(`IAM states no time of the creation of ${settings.policyArn}`);
  }
  return Policy.CreateDate.getTime();
}
