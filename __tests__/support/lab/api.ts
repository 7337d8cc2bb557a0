import { buildRequest, type AwsCall } from "../../../lab/exchange/build-request";
import { readError, readOutput } from "../../../lab/exchange/read-response";

/** Calls AWS APIs over HTTP, for the services whose SDK is no dependency of this project. */
export type LabApi = (
  service: string,
  action: string,
  params: Record<string, unknown>,
  rest?: AwsCall["rest"],
) => Promise<Record<string, unknown>>;

/** An API client with the given access key. Rejects with an AwsError when a call is refused. */
export function labApi(endpoint: string, accessKeyId: string, region = "us-east-1"): LabApi {
  return async (service, action, params, rest) => {
    const call = { service, region, action, params, ...(rest === undefined ? {} : { rest }) };
    const request = buildRequest(call, accessKeyId);
    const hasBody = request.method !== "GET";
    const answer = await fetch(`${endpoint}${request.url}`, {
      method: request.method,
      headers: { ...request.headers },
      ...(hasBody ? { body: request.body.toString("utf8") } : {}),
    });
    const response = {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: Buffer.from(await answer.arrayBuffer()),
    };
    const error = readError(request, response);
    if (error !== undefined) {
      throw error;
    }
    return readOutput(request, response);
  };
}
