import { randomUUID } from "node:crypto";
import { functionArn } from "../exchange/arn";
import type { Forward } from "../exchange/forward";
import type { Exchange } from "../exchange/messages";
import type { Guard, Handler, Observer } from "../exchange/pipeline";
import { AwsError } from "../shared/errors";

/** Calls that change nothing of a function. */
const READS = /^(Get|List|Invoke)/;

/**
 * Lambda's revisions, by which a caller changes a function only as long as nobody else has: moto gives each
 * function one for good, and does not look at the one that a request names.
 *
 * Source: Lambda API reference, UpdateFunctionConfiguration, `RevisionId` and PreconditionFailedException.
 */
export class FunctionRevisions {
  private readonly revisions = new Map<string, string>();

  constructor(private readonly forward: Forward) {}

  readonly guard: Guard = (exchange) => {
    const { service, action, params } = exchange.request;
    const named = params["RevisionId"];
    if (service === "lambda" && !READS.test(action) && typeof named === "string") {
      if (named !== this.revisionOf(exchange)) {
        throw new AwsError(
          "PreconditionFailedException",
          "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
          412,
        );
      }
    }
  };

  /** Answers with the revision of the lab in place of moto's. */
  readonly handle: Handler = async (exchange) => {
    const { request, accountId } = exchange;
    if (request.service !== "lambda" || request.action !== "GetFunctionConfiguration") {
      return undefined;
    }
    const response = await this.forward(request, accountId);
    if (response.status !== 200) {
      return response;
    }
    const found = JSON.parse(response.body.toString("utf8")) as object;
    const body = JSON.stringify({ ...found, RevisionId: this.revisionOf(exchange) });
    return { ...response, body: Buffer.from(body) };
  };

  /** Each change is a new revision. */
  readonly observe: Observer = (exchange, { status }) => {
    const { service, action } = exchange.request;
    if (service === "lambda" && !READS.test(action) && status < 300) {
      this.revisions.set(arnOf(exchange), randomUUID());
    }
  };

  private revisionOf(exchange: Exchange): string {
    const arn = arnOf(exchange);
    const revision = this.revisions.get(arn) ?? randomUUID();
    this.revisions.set(arn, revision);
    return revision;
  }
}

function arnOf({ request: { params, region }, accountId }: Exchange): string {
  return functionArn(String(params["FunctionName"]), { accountId, region });
}
