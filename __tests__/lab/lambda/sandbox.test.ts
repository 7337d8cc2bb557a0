import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Sandbox, type InvocationResult } from "../../../lab/lambda/sandbox";

const ENVIRONMENT = {
  _HANDLER: "index.handler",
  AWS_LAMBDA_FUNCTION_NAME: "security-response",
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
};

let folder: string;
let sandbox: Sandbox | undefined;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "sandbox-test-"));
});

afterEach(() => {
  sandbox?.kill();
  rmSync(folder, { recursive: true, force: true });
});

function start(code: string, { file = "index.js", timeoutMs = 5_000 } = {}): Sandbox {
  writeFileSync(path.join(folder, file), code);
  const environment = { ...ENVIRONMENT, LAMBDA_TASK_ROOT: folder };
  return (sandbox = new Sandbox({ environment, folder, timeoutMs }));
}

function run(started: Sandbox, payload: unknown = {}): Promise<InvocationResult> {
  const functionArn = "arn:aws:lambda:us-east-1:444455556666:function:security-response";
  return started.run({ requestId: "r-1", functionArn, payload: JSON.stringify(payload) });
}

describe("Sandbox", () => {
  test("answers with what the handler returns, and stays warm", async () => {
    const started = start("let n = 0; exports.handler = async (e) => ({ n: ++n, got: e.x });");

    const first = await run(started, { x: 1 });
    const second = await run(started, { x: 2 });

    expect(first).toEqual({ payload: '{"n":1,"got":1}', output: "" });
    expect(second.payload).toBe('{"n":2,"got":2}');
  });

  test("gives the handler the lab's time, and counts its time-out by the machine's", async () => {
    const started = start(
      "exports.handler = async (e, c) => ({ now: Date.now(), left: c.getRemainingTimeInMillis() });",
    );
    const [functionArn, payload, aheadMs] = [
      "arn:aws:lambda:us-east-1:444455556666:function:x",
      "{}",
      3_600_000,
    ];

    const { payload: answer } = await started.run({ requestId: "r-1", functionArn, payload, aheadMs });

    const { now, left } = JSON.parse(answer) as { now: number; left: number };
    expect(Math.abs(now - Date.now() - aheadMs)).toBeLessThan(60_000);
    expect(left).toBeGreaterThan(0);
  });

  test("gives the handler Lambda's context", async () => {
    const started = start(
      "exports.handler = async (e, c) => ({ ...c, left: c.getRemainingTimeInMillis() > 4000 && c.getRemainingTimeInMillis() <= 5000 });",
    );

    const { payload } = await run(started);

    expect(JSON.parse(payload)).toMatchObject({
      awsRequestId: "r-1",
      functionName: "security-response",
      invokedFunctionArn: "arn:aws:lambda:us-east-1:444455556666:function:security-response",
      memoryLimitInMB: "256",
      left: true,
    });
  });

  test("gives the function only its own environment", async () => {
    const started = start("exports.handler = async () => Object.keys(process.env).sort();");

    const { payload } = await run(started);

    expect(JSON.parse(payload)).toEqual([...Object.keys(ENVIRONMENT), "LAMBDA_TASK_ROOT"].sort());
  });

  test("answers an error in Lambda's format", async () => {
    const started = start("exports.handler = async () => { throw new TypeError('broken'); };");

    const result = await run(started);

    expect(result.functionError).toBe("Unhandled");
    expect(JSON.parse(result.payload)).toEqual({
      errorType: "TypeError",
      errorMessage: "broken",
      trace: expect.arrayContaining(["TypeError: broken"]),
    });
  });

  test("returns all output of the run, and only of that run", async () => {
    const started = start("exports.handler = async (e) => { console.log(e.text); console.error('err'); };");

    const first = await run(started, { text: "one" });
    const second = await run(started, { text: "two" });

    expect(first.output).toContain("one\n");
    expect(second.output.split("\n").sort()).toEqual(["", "err", "two"]);
  });

  test("returns the output of loading with the first run", async () => {
    const started = start("console.log('loading'); exports.handler = async () => console.log('running');");

    const { output } = await run(started);

    expect(output).toBe("loading\nrunning\n");
  });

  test("ends a function that takes too long", async () => {
    const started = start("exports.handler = () => new Promise((r) => setTimeout(r, 60000));", {
      timeoutMs: 300,
    });

    const result = await run(started);

    expect(JSON.parse(result.payload)).toEqual({
      errorType: "Sandbox.Timedout",
      errorMessage: "RequestId: r-1 Error: Task timed out after 0.30 seconds",
    });
    expect(started.alive).toBe(false);
  });

  test("reports a function that ends its process", async () => {
    const started = start("exports.handler = async () => process.exit(3);");

    const result = await run(started);

    expect(JSON.parse(result.payload)).toMatchObject({
      errorType: "Runtime.ExitError",
      errorMessage: "RequestId: r-1 Error: Runtime exited with error: exit status 3",
    });
    expect(started.alive).toBe(false);
  });

  test("names a missing handler", async () => {
    const started = start("exports.other = () => 1;");

    const result = await run(started);

    expect(JSON.parse(result.payload)).toMatchObject({ errorType: "Runtime.HandlerNotFound" });
  });

  test.each([
    ["a callback", "index.js", "exports.handler = (event, context, done) => done(null, 'called back');"],
    ["an ES module", "index.mjs", "export const handler = async () => 'called back';"],
  ])("runs a handler with %s", async (_name, file, code) => {
    const started = start(code, { file });

    const { payload } = await run(started);

    expect(payload).toBe('"called back"');
  });
});
