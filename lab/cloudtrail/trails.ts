import { selectsWrites } from "../../functions/quarantine-sweep/health/read-parts";
import type { BusEvent } from "../exchange/bus-event";
import type { AwsRequest } from "../exchange/messages";
import type { MotoClient } from "../exchange/moto-client";
import type { Guard, Observer } from "../exchange/pipeline";
import { managementEvent } from "./management-events";

/** What a trail that logs write management events covers. */
interface Coverage {
  /** Undefined for every Region. */
  readonly region: string | undefined;
  /** IAM's and other global services' events too. */
  readonly hasGlobalEvents: boolean;
}

/** The part of moto's answers that is read here. */
interface TrailDescription {
  readonly TrailARN: string;
  readonly HomeRegion: string;
  readonly IsMultiRegionTrail?: boolean;
  readonly IncludeGlobalServiceEvents?: boolean;
}

type Selectors = Parameters<typeof selectsWrites>[0];

/** moto has the trails of all Regions in one. */
const REGION = "us-east-1";

/**
 * The trails of every account. EventBridge gets a call's event only while a trail logs it; the event history
 * of LookupEvents needs none. Source: EventBridge guide, "AWS service events delivered via AWS CloudTrail".
 */
export class Trails {
  private readonly accounts = new Map<string, Promise<readonly Coverage[]>>();

  constructor(private readonly moto: MotoClient) {}

  /** Whether a trail of the event's account logs it. */
  async carry({ account, region, source }: BusEvent): Promise<boolean> {
    const trails = await this.trailsOf(account);
    return trails.some(
      (trail) => (trail.region ?? region) === region && (source !== "aws.iam" || trail.hasGlobalEvents),
    );
  }

  /** Before a call that may stop a trail: its own event still goes out, as the detections of AWS need it. */
  readonly beforeChange: Guard = async ({ request, accountId }) => {
    if (isChange(request)) {
      await this.trailsOf(accountId);
    }
  };

  /** After the event of such a call. */
  readonly observe: Observer = ({ request, accountId }) => {
    if (isChange(request)) {
      this.accounts.delete(accountId);
    }
  };

  private trailsOf(accountId: string): Promise<readonly Coverage[]> {
    const known = this.accounts.get(accountId);
    if (known !== undefined) {
      return known;
    }
    const read = this.read(accountId);
    this.accounts.set(accountId, read);
    read.catch(() => this.accounts.delete(accountId));
    return read;
  }

  private async read(accountId: string): Promise<readonly Coverage[]> {
    const ask = (action: string, params: Record<string, unknown>) =>
      this.moto(accountId, { service: "cloudtrail", region: REGION, action, params });
    const { trailList } = (await ask("DescribeTrails", {})) as { trailList: readonly TrailDescription[] };
    const coverages = trailList.map(async (trail): Promise<Coverage[]> => {
      const { IsLogging } = await ask("GetTrailStatus", { Name: trail.TrailARN });
      const selectors: Selectors = await ask("GetEventSelectors", { TrailName: trail.TrailARN });
      const logs = IsLogging === true && (isDefault(selectors) || selectsWrites(selectors));
      const { HomeRegion, IsMultiRegionTrail, IncludeGlobalServiceEvents } = trail;
      return logs
        ? [
            {
              region: IsMultiRegionTrail === true ? undefined : HomeRegion,
              hasGlobalEvents: IncludeGlobalServiceEvents !== false,
            },
          ]
        : [];
    });
    return (await Promise.all(coverages)).flat();
  }
}

/** A trail without selectors of its own logs all management events. moto then answers none, AWS that one. */
function isDefault({ EventSelectors = [], AdvancedEventSelectors = [] }: Selectors): boolean {
  return EventSelectors.length === 0 && AdvancedEventSelectors.length === 0;
}

function isChange(request: AwsRequest): boolean {
  return request.service === "cloudtrail" && managementEvent(request) !== undefined;
}
