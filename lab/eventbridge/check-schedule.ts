import { readBus } from "../exchange/bus-event";
import type { Guard } from "../exchange/pipeline";
import { AwsError } from "../shared/errors";
import { readSchedule, ScheduleError } from "./schedule-expression";

/** Refuses a schedule that EventBridge refuses: moto checks little of the expression. */
export const checkSchedule: Guard = ({ request, accountId }) => {
  const { ScheduleExpression: expression, EventBusName } = request.params;
  if (request.service !== "events" || request.action !== "PutRule" || typeof expression !== "string") {
    return;
  }
  const home = { accountId, region: request.region };
  if (expression === "") {
    return;
  }
  if (readBus(EventBusName as string | undefined, home).name !== "default") {
    const message = "ScheduleExpression is supported only on the default event bus.";
    throw new AwsError("ValidationException", message);
  }
  try {
    readSchedule(expression);
  } catch (error) {
    throw error instanceof ScheduleError ? new AwsError("ValidationException", error.message) : error;
  }
};
