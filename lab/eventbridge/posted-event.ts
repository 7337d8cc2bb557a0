import { randomUUID } from "node:crypto";
import { z } from "zod";
import { IAM_REGION } from "../cloudtrail/management-events";
import { eventTime, type BusEvent } from "../exchange/bus-event";

/** An event in a request to `/_lab/events`. Fields that it leaves out get default values. */
const postedEventSchema = z.strictObject({
  version: z.literal("0").optional(),
  id: z.string().min(1).optional(),
  "detail-type": z.string().min(1),
  source: z.string().min(1),
  account: z
    .string()
    .regex(/^\d{12}$/, "expected 12 digits")
    .optional(),
  time: z.string().min(1).optional(),
  region: z.string().min(1).optional(),
  resources: z.array(z.string()).optional(),
  detail: z.record(z.string(), z.unknown()),
});

/** One event or a list of them. */
export const postedEventsSchema = z.preprocess(
  (body): unknown => (Array.isArray(body) ? body : [body]),
  z.array(postedEventSchema).min(1),
);

type PostedEvent = z.infer<typeof postedEventSchema>;

/** The event that the account's bus receives. */
export function newBusEvent(posted: PostedEvent, accountId: string, now: Date): BusEvent {
  return {
    version: "0",
    id: randomUUID(),
    account: accountId,
    time: eventTime(now),
    region: IAM_REGION,
    resources: [],
    ...posted,
  };
}
