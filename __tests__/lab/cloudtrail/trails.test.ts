import { Trails } from "../../../lab/cloudtrail/trails";
import type { BusEvent } from "../../../lab/exchange/bus-event";
import type { MotoClient } from "../../../lab/exchange/moto-client";
import { jsonResponse } from "../../../lab/exchange/responses";
import { ACCOUNT, exchangeOf } from "../../support/lab/exchange";

/** A trail as moto answers about it. */
interface FakeTrail {
  readonly IsLogging?: boolean;
  readonly IsMultiRegionTrail?: boolean;
  readonly IncludeGlobalServiceEvents?: boolean;
  readonly ReadWriteType?: string;
}

/** moto with one trail in us-east-1, and how often its trails were listed. */
function motoWith(trail: FakeTrail) {
  const { IsLogging = true, IsMultiRegionTrail = true, IncludeGlobalServiceEvents = true } = trail;
  const { ReadWriteType } = trail;
  const coverage = { HomeRegion: "us-east-1", IsMultiRegionTrail, IncludeGlobalServiceEvents };
  const answers = {
    DescribeTrails: { trailList: [{ TrailARN: "arn", ...coverage }] },
    GetTrailStatus: { IsLogging },
    GetEventSelectors: {
      EventSelectors: ReadWriteType ? [{ ReadWriteType, IncludeManagementEvents: true }] : [],
    },
  };
  const calls: string[] = [];
  const moto: MotoClient = (_account, { action }) => {
    calls.push(action);
    return Promise.resolve({ ...answers[action as keyof typeof answers] });
  };
  return { moto, listed: () => calls.filter((action) => action === "DescribeTrails").length };
}

const event = (source: string, region = "us-east-1") =>
  ({ account: ACCOUNT, region, source }) as unknown as BusEvent;

describe("a trail carries an event", () => {
  test.each<[string, FakeTrail, BusEvent, boolean]>([
    ["it logs all Regions", {}, event("aws.events", "eu-west-1"), true],
    ["it is stopped", { IsLogging: false }, event("aws.iam"), false],
    ["it logs reads only", { ReadWriteType: "ReadOnly" }, event("aws.iam"), false],
    ["it logs writes only", { ReadWriteType: "WriteOnly" }, event("aws.iam"), true],
    ["it logs this Region alone", { IsMultiRegionTrail: false }, event("aws.events"), true],
    ["it logs another Region", { IsMultiRegionTrail: false }, event("aws.events", "eu-west-1"), false],
    ["it leaves out global services", { IncludeGlobalServiceEvents: false }, event("aws.iam"), false],
    ["the service is not global", { IncludeGlobalServiceEvents: false }, event("aws.sns"), true],
  ])("%s", async (_case, trail, sent, expected) => {
    await expect(new Trails(motoWith(trail).moto).carry(sent)).resolves.toBe(expected);
  });
});

test("trails are read again after a call that may change them, and after no other", async () => {
  const { moto, listed } = motoWith({});
  const trails = new Trails(moto);
  const see = (service: string, action: string) =>
    trails.observe(exchangeOf({ service, action }), jsonResponse({}));

  await trails.carry(event("aws.iam"));
  await see("iam", "CreateUser");
  await see("cloudtrail", "DescribeTrails");
  await trails.carry(event("aws.iam"));
  expect(listed()).toBe(1);

  await see("cloudtrail", "StopLogging");
  await trails.carry(event("aws.iam"));
  expect(listed()).toBe(2);
});

test("a failure to read is not kept", async () => {
  const { moto } = motoWith({});
  let isBroken = true;
  const trails = new Trails((...args) =>
    isBroken ? Promise.reject(new Error("moto is busy")) : moto(...args),
  );
  await expect(trails.carry(event("aws.iam"))).rejects.toThrow("moto is busy");

  isBroken = false;

  await expect(trails.carry(event("aws.iam"))).resolves.toBe(true);
});
