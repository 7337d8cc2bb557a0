import { createPipeline, type PipelineParts } from "../../../lab/exchange/pipeline";
import { jsonResponse } from "../../../lab/exchange/responses";
import { AwsError } from "../../../lab/shared/errors";
import { exchangeOf } from "../../support/lab/exchange";

const EXCHANGE = exchangeOf({ service: "iam", action: "CreateUser" });

function parts(overrides: Partial<PipelineParts> = {}) {
  const seen: number[] = [];
  const forward = jest.fn().mockResolvedValue(jsonResponse({}, 200));
  const given: PipelineParts = {
    guards: [],
    handlers: [],
    forward,
    observers: [(_exchange, response) => void seen.push(response.status)],
    ...overrides,
  };
  return { forward, seen, run: () => createPipeline(given)(EXCHANGE) };
}

describe("createPipeline", () => {
  test("forwards to the caller's account what no handler answers", async () => {
    const { run, forward, seen } = parts({ handlers: [() => undefined] });

    await run();

    expect(forward).toHaveBeenCalledWith(EXCHANGE.request, "444455556666");
    expect(seen).toEqual([200]);
  });

  test("answers a refusal in the service's format, without forwarding it, and shows it to the observers", async () => {
    const refuse = (): never => {
      throw new AwsError("AccessDenied", "not <you>", 403);
    };
    const { run, forward, seen } = parts({ guards: [refuse] });

    const response = await run();

    expect(response.body.toString()).toContain("<Code>AccessDenied</Code><Message>not &lt;you&gt;</Message>");
    expect(forward).not.toHaveBeenCalled();
    expect(seen).toEqual([403]);
  });

  test("runs the guards in their order, then the handlers", async () => {
    const order: string[] = [];
    const step = (name: string) => (): undefined => void order.push(name);
    const { run } = parts({ guards: [step("authorize"), step("fault")], handlers: [step("handle")] });

    await run();

    expect(order).toEqual(["authorize", "fault", "handle"]);
  });

  test("stops at the first handler that answers", async () => {
    const later = jest.fn();
    const { run, forward } = parts({ handlers: [() => jsonResponse({ mine: true }), later] });

    const response = await run();

    expect(response.body.toString()).toBe('{"mine":true}');
    expect(later).not.toHaveBeenCalled();
    expect(forward).not.toHaveBeenCalled();
  });

  test("does not hide a bug in a handler", async () => {
    const { run } = parts({
      handlers: [
        () => {
          throw new TypeError("defect");
        },
      ],
    });

    await expect(run()).rejects.toThrow("defect");
  });
});
