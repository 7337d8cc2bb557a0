import { HEALTH_DETAIL_TYPE, SWEEP_SOURCE } from "../../../functions/contract";
import { METRIC_NAMESPACE } from "../../../functions/shared/metric-line";
import { dashboardBodySchema } from "../../../lab/cloudwatch/dashboard-body";
import type { Lab } from "../../../lab/lab";
import { COUNTED_OUTCOMES } from "../../../stacks/audit-metrics";
import { ALARM_PREFIX, NAMES } from "../../../stacks/names";
import { eventually } from "../../support/eventually";
import { drillEnded, lambdaEvent } from "../../support/functions/drill-events";
import type { CauseTools } from "./alarm-causes";
import { ACCOUNT, SECURITY_ACCOUNT } from "./organization";

/** A deployed organization of both accounts that runs drills, where the silent ones were looked for. */
export interface DashboardSetting {
  readonly lab: Lab;
  readonly tools: CauseTools;
}

/** The dashboard that Terraform put, and that it shows what happens. */
export function dashboardCases(setting: () => DashboardSetting): void {
  test("every metric of the dashboard that was deployed has a value when everything has happened once", async () => {
    const { lab, tools } = setting();
    const { DashboardBody } = await tools.api(SECURITY_ACCOUNT)("monitoring", "GetDashboard", {
      DashboardName: NAMES.dashboard,
    });
    const shown = metricsOf(String(DashboardBody));
    expect(shown.length).toBeGreaterThan(15);

    await haveAllHappen(tools);

    await eventually(`a value of each of ${shown.join(", ")}`, () => {
      const written = lab
        .metrics(SECURITY_ACCOUNT)
        .map(({ namespace, name, dimensions }) =>
          [namespace, name, ...Object.entries(dimensions).flat()].join(" "),
        );
      return shown.every((metric) => written.includes(metric)) || undefined;
    });
  });
}

/** Namespace, name and dimensions of this project's own metrics: SQS sends the others. */
function metricsOf(body: string): string[] {
  const { widgets } = dashboardBodySchema.parse(JSON.parse(body));
  const lines = widgets.flatMap((widget) => (widget.type === "metric" ? widget.properties.metrics : []));
  const names = lines.map((line) => line.filter((part) => typeof part === "string").join(" "));
  return [...new Set(names)].filter((name) => name.startsWith(`${METRIC_NAMESPACE} `));
}

/**
 * What the tests before did not lead to: outcomes and reports as the account's functions put them on its bus,
 * from where the deployed rules forward them, and calls of people.
 */
async function haveAllHappen(tools: CauseTools): Promise<void> {
  const outcome = (fields: object) =>
    lambdaEvent(ACCOUNT, NAMES.responder, { answeredElsewhere: false, secondsToContain: 2, ...fields });
  const failed = [{ step: "tag the user", error: "x" }];
  const findings = [{ kind: "dead-letters", place: "queue", severity: "HIGH" }];
  await tools.client.deliver(ACCOUNT, [
    ...COUNTED_OUTCOMES.map((status) => outcome({ status })),
    outcome({ status: "QUARANTINED", foundBy: "sweep", failed }),
    ...(["PASSED", "FAILED"] as const).map((status) => drillEnded({ status }, { accountId: ACCOUNT })),
    {
      ...{ source: SWEEP_SOURCE, "detail-type": HEALTH_DETAIL_TYPE },
      detail: { kind: "health", status: "UNHEALTHY", findings },
    },
  ]);
  await tools.changePart();
  await tools.refuseChange(ACCOUNT, NAMES.detectionRule);
  await tools.raise(`${ALARM_PREFIX}throttles`);
}
