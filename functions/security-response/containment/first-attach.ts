import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { fromEnv } from "@aws-sdk/credential-provider-env";
import { Sha256 } from "@smithy/core/checksum";
import { HttpRequest } from "@smithy/core/protocols";
import type { NodeHttpHandler } from "@smithy/node-http-handler";
import { SignatureV4 } from "@smithy/signature-v4";
import { EventError } from "../errors";
import { readEvent } from "../event/event";
import type { UserCreation } from "../event/user-creation";
import type { Log } from "../log";
import type { Settings } from "../settings";
import { decide } from "../verdict/verdict";
import { isLate } from "./age";
import { iamEndpoint, type IamEndpoint } from "./iam-endpoint";

/** What the first attach uses. */
export interface FirstTools {
  readonly connections: NodeHttpHandler;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: Log;
}

/** A first attach that was tried. */
export interface FirstAttach {
  /** When IAM had attached the policy, in milliseconds since the epoch; undefined when it did not say so. */
  readonly at?: number;
}

/** How long a refusal is read, in milliseconds, so that its connection is free for the response. */
const LONGEST_READ = 100;

/**
 * Denies the user of an event, if it is to be denied at once, before the SDK's clients are loaded: by one
 * attach of the quarantine policy, of which the SDK signs and sends the request. Whatever goes wrong is left
 * to the response: it judges the same event again, and its clients attach anew, with retries and with the
 * other ways to deny.
 * @returns undefined when nothing was tried
 */
export async function attachFirst(
  payload: unknown,
  settings: Settings,
  tools: FirstTools,
): Promise<FirstAttach | undefined> {
  const creation = toBeDenied(payload, settings, tools);
  const endpoint = iamEndpoint(settings.partition, process.env);
  if (!creation || !endpoint) {
    return undefined;
  }
  try {
    const request = await signed(creation.userName, settings.policyArn, endpoint);
    const { response } = await tools.connections.handle(request);
    const attached = response.statusCode === 200;
    const isRead = read(response.body as Readable);
    if (attached) {
      return { at: tools.clock() };
    }
    await Promise.race([isRead, sleep(LONGEST_READ)]);
    tools.log.info("The first attach was not taken", { status: response.statusCode });
  } catch (error) {
    tools.log.info("The first attach failed", { error: String(error) });
  }
  return {};
}

/** The creation whose user is to be denied before anything else is done, if there is one. */
function toBeDenied(payload: unknown, settings: Settings, tools: FirstTools): UserCreation | undefined {
  try {
    const { verdict, creation } = decide(readEvent(payload), settings);
    const isUrgent = verdict.action === "quarantine" && creation && !isLate({ creation, tools });
    return isUrgent ? creation : undefined;
  } catch (error) {
    if (error instanceof EventError) {
      return undefined;
    } // the response says so
    throw error;
  }
}

/** Source: IAM API reference, AttachUserPolicy and "Making query requests". */
async function signed(
  UserName: string,
  PolicyArn: string,
  { url, region }: IamEndpoint,
): Promise<HttpRequest> {
  const parameters = { Action: "AttachUserPolicy", Version: "2010-05-08", UserName, PolicyArn };
  const body = new URLSearchParams(parameters).toString();
  const request = new HttpRequest({
    method: "POST",
    protocol: url.protocol,
    hostname: url.hostname,
    ...(url.port && { port: Number(url.port) }),
    path: url.pathname,
    headers: {
      host: url.host,
      "content-type": "application/x-www-form-urlencoded",
      "content-length": String(Buffer.byteLength(body)),
      "user-agent": "security-response",
    },
    body,
  });
  const signer = new SignatureV4({ service: "iam", region, credentials: fromEnv(), sha256: Sha256 });
  const { headers } = await signer.sign(request);
  return new HttpRequest({ ...request, headers });
}

/** Reads an answer to its end, which frees its connection, and looks at nothing of it. */
function read(answer: Readable): Promise<unknown> {
  answer.on("error", () => undefined).resume();
  return new Promise((resolve) => answer.once("close", resolve));
}
