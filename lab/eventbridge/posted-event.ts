import { randomUUID } from "node:crypto";
import { z } from "zod";
import { IAM_REGION } from "../cloudtrail/record";
import { eventTime, type BusEvent } from "../exchange/bus-event";

/** An event put on a bus by hand; what it leaves out is made up. */
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

/** The event that a bus of the account receives. */
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
