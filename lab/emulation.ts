import { messageOf } from "../functions/shared/message-of";
import { createAuthorization } from "./authorization/create-authorization";
import type { UsedPermissions } from "./authorization/used-permissions";
import { EventHistory } from "./cloudtrail/event-history";
import { cloudTrailRecorder } from "./cloudtrail/recorder";
import { Trails } from "./cloudtrail/trails";
import { Alarms } from "./cloudwatch/alarms";
import { checkDashboard } from "./cloudwatch/dashboard-body";
import { embeddedMetrics } from "./cloudwatch/embedded-metrics";
import { MetricData } from "./cloudwatch/metric-data";
import { MetricFilters } from "./cloudwatch/metric-filters";
import { Metrics } from "./cloudwatch/metrics";
import { QueueMetrics } from "./cloudwatch/queue-metrics";
import { ApiDestinations } from "./eventbridge/api-destinations";
import { checkPattern } from "./eventbridge/check-pattern";
import { checkSchedule } from "./eventbridge/check-schedule";
import { EventBuses } from "./eventbridge/event-buses";
import { EventLog } from "./eventbridge/event-log";
import { putEventsHandler } from "./eventbridge/put-events";
import { Replays } from "./eventbridge/replays";
import { RuleBook } from "./eventbridge/rule-book";
import { Schedules } from "./eventbridge/schedules";
import { targetSender } from "./eventbridge/targets";
import { AccessKeys } from "./exchange/access-keys";
import type { BusEvent } from "./exchange/bus-event";
import type { Forward } from "./exchange/forward";
import { internalCaller, type InternalCaller } from "./exchange/internal-caller";
import { motoClient } from "./exchange/moto-client";
import { createPipeline, type Guard, type Pipeline } from "./exchange/pipeline";
import { refuseUnknown } from "./exchange/unknown-to-moto";
import { Faults } from "./faults/faults";
import { NewUsers } from "./faults/new-users";
import { CodeStore } from "./lambda/code-store";
import { FunctionConfigs } from "./lambda/function-config";
import { FunctionLogs } from "./lambda/function-logs";
import { FunctionRevisions } from "./lambda/function-revisions";
import { functionRole } from "./lambda/function-role";
import { FunctionRunner } from "./lambda/function-runner";
import { invokeHandler } from "./lambda/invoke-handler";
import { policySizes } from "./limits/policy-sizes";
import { scpAttachments } from "./limits/scp-attachments";
import { importFindings } from "./securityhub/import-findings";
import { SettingsStore, type LabSettings } from "./settings";
import { LabClock } from "./shared/clock";
import { everyMinute } from "./shared/every-minute";
import { Confirmations } from "./sns/confirmations";
import { invokeSubscribedFunctions } from "./sns/function-subscriptions";
import { Inbox } from "./sns/inbox";
import { mailReader, type Mail } from "./sns/mails";
import { snsLimits } from "./sns/sns-limits";
import { learnAccessKeys } from "./sts/learn-access-keys";
import { serviceSessions } from "./sts/service-sessions";
import { sessionStarter, stsHandler } from "./sts/sts";

/** What {@link createEmulation} works with. */
export interface EmulationOptions {
  readonly forward: Forward;
  readonly organizationId: string;
  /** The management account first. */
  readonly accountIds: readonly string[];
  /** Endpoint of the gateway, known once it listens. */
  readonly endpoint: () => string;
  /** Folder for unpacked functions; removed at the end. */
  readonly codeFolder: string;
  /** At the start; they can be changed while the lab runs. */
  readonly settings: LabSettings;
  readonly deliveryRetryDelaysMs: readonly number[];
  readonly lambdaMaxConcurrency: number;
  readonly log: (line: string) => void;
}

/** The services and functions of AWS that moto lacks. */
export interface Emulation {
  readonly pipeline: Pipeline;
  readonly keys: AccessKeys;
  readonly inbox: Inbox;
  readonly apiDestinations: ApiDestinations;
  readonly confirmations: Confirmations;
  readonly mails: (accountId: string) => Promise<readonly Mail[]>;
  readonly buses: EventBuses;
  readonly events: EventLog;
  readonly logs: FunctionLogs;
  readonly metrics: Metrics;
  readonly faults: Faults;
  readonly settings: SettingsStore;
  readonly usedPermissions: UsedPermissions;
  readonly accountIds: readonly string[];
  readonly endpoint: () => string;
  readonly now: () => Date;
  /** Moves the clock forward: see {@link LabClock.advance}. */
  readonly advance: (milliseconds: number) => Promise<void>;
  stop(): Promise<void>;
}

/** Puts CloudTrail, EventBridge, Lambda and the inbox in front of moto. */
export function createEmulation(options: EmulationOptions): Emulation {
  const { log, organizationId, accountIds } = options;
  const stopped = new AbortController();
  const clock = new LabClock(stopped.signal);
  const answered = refuseUnknown(reportFailures(options.forward, log), log);
  const forward: Forward = (request, accountId) => {
    // moto's clock is the machine's: patches.py takes this one for the times of log lines.
    const headers = {
      ...request.headers,
      "x-lab-time": String(clock.now().getTime()),
      // For sns_confirmations.py.
      ...(request.service === "sns" && { "x-lab-token": confirmations.tokenFor(request) }),
    };
    return clock.during(answered({ ...request, headers }, accountId));
  };
  const moto = motoClient(forward);
  const confirmations = new Confirmations(moto, clock.now);
  // Parts of the pipeline call each other through it.
  const call: InternalCaller = (...args) => internalCaller(pipeline, clock.now)(...args);
  const settings = new SettingsStore(options.settings);
  const propagation = { clock, propagationMs: () => settings.current.propagationMs };
  const keys = new AccessKeys(propagation);
  const startSession = serviceSessions(call, keys);

  const metrics = new Metrics(clock);
  const { record } = metrics;

  const rules = new RuleBook(moto);
  const events = new EventLog();
  const send = targetSender(call, startSession);
  const retryDelaysMs = options.deliveryRetryDelaysMs;
  const buses = new EventBuses({ rules, events, send, call, clock, retryDelaysMs, record, log });
  const schedules = new Schedules({ rules, buses, clock });
  const replays = new Replays({ moto, buses, events, clock, log });

  const sendNow = (event: BusEvent): void =>
    buses.receive({ accountId: event.account, region: event.region, name: "default" }, event);
  const alarms = new Alarms({ moto, call, metrics, clock, send: sendNow, log });
  const metricFilters = new MetricFilters(moto, record);
  const queueMetrics = new QueueMetrics(moto, record);
  const metricData = new MetricData(metrics, clock);

  const configs = new FunctionConfigs(moto);
  const revisions = new FunctionRevisions(forward);
  const code = new CodeStore(options.codeFolder);
  const { endpoint, lambdaMaxConcurrency: maxConcurrency } = options;
  const runner = new FunctionRunner({
    ...{ configs, code, startSession, endpoint, maxConcurrency, record },
    now: clock.now,
    during: clock.during,
  });
  const logs = new FunctionLogs(call, log);
  const functions = {
    ...{ configs, runner, logs, call, clock, record, log },
    get retryDelaysMs() {
      return settings.current.lambdaRetryDelaysMs;
    },
  };

  const inbox = new Inbox();
  const apiDestinations = new ApiDestinations(moto);
  const sendLater = (event: BusEvent): void => {
    const bus = { accountId: event.account, region: event.region, name: "default" };
    void clock.sleep(settings.current.eventDelayMs).then(() => buses.receive(bus, event));
  };

  const history = new EventHistory({ clock, delayMs: () => settings.current.lookupDelayMs });
  const trails = new Trails(moto);

  const authorization = createAuthorization({ moto, propagation, organizationId, accountIds, log });
  // It reads the actions of AWS from disk.
  const authorize: Guard = (exchange) => clock.during(Promise.resolve(authorization.authorize(exchange)));
  const faults = new Faults(clock, Math.random);
  const newUsers = new NewUsers(clock, () => settings.current.newUserDelayMs);
  const pipeline = createPipeline({
    guards: [
      // Before the faults: a refused call does not count as a hit.
      authorize,
      newUsers.guard,
      faults.guard,
      snsLimits,
      policySizes,
      scpAttachments(moto),
      checkPattern,
      checkSchedule,
      metricFilters.check,
      checkDashboard,
      functionRole(authorize),
      revisions.guard,
      // Last: they refuse nothing, and read the state that the request is about to change.
      authorization.beforeChange,
      trails.beforeChange,
    ],
    handlers: [
      stsHandler(sessionStarter(keys, authorization.roleOf, clock.now), keys, clock.now, settings),
      putEventsHandler({ buses, moto }),
      apiDestinations.handle,
      importFindings(moto),
      replays.handle,
      invokeHandler(functions),
      revisions.handle,
      history.handle,
    ],
    forward,
    observers: [
      newUsers.observe,
      ...authorization.observers,
      // After authorization: what a renamed user may do is in force before its keys have the new name.
      learnAccessKeys(keys, moto),
      rules.observe,
      schedules.observe,
      configs.observe,
      revisions.observe,
      code.observe,
      inbox.observe,
      confirmations.observe,
      invokeSubscribedFunctions(moto, call, log),
      queueMetrics.observe,
      metricFilters.observe,
      embeddedMetrics(record),
      metricData.observe,
      alarms.observe,
      cloudTrailRecorder(async (event) => {
        history.add(event);
        if (await trails.carry(event)) {
          sendLater(event);
        }
      }),
      trails.observe,
    ],
  });
  const minute = async (): Promise<void> => {
    const over = new Date(clock.now().getTime() - 1);
    const steps = [() => schedules.fire(), () => queueMetrics.measure(alarms, over), () => alarms.evaluate()];
    for (const step of steps) {
      await step().catch((error: unknown) => log(`a step of the lab's minute failed: ${messageOf(error)}`));
    }
  };
  void everyMinute(clock, minute, log);
  return {
    ...{ pipeline, keys, inbox, apiDestinations, buses, events, logs, metrics, faults, settings, accountIds },
    usedPermissions: authorization.used,
    endpoint: options.endpoint,
    confirmations,
    mails: mailReader(moto, inbox, confirmations),
    now: clock.now,
    advance: (milliseconds) => clock.advance(milliseconds),
    stop: async () => {
      stopped.abort();
      await runner.stop();
      code.dispose();
    },
  };
}

/** A failure inside moto is a gap in the lab, so it is logged too. */
function reportFailures(forward: Forward, log: (line: string) => void): Forward {
  return async (request, accountId) => {
    const response = await forward(request, accountId);
    if (response.status >= 500 && response.status !== 501) {
      const text = response.body.toString("utf8").slice(0, 500);
      log(`moto failed on ${request.service} ${request.action || request.url} in ${accountId}: ${text}`);
    }
    return response;
  };
}
