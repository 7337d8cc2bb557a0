import { FunctionRevisions } from "../../../lab/lambda/function-revisions";
import { exchangeOf } from "../../support/lab/exchange";

const call = (action: string, params: Record<string, unknown>) =>
  exchangeOf({ service: "lambda", action, params, rest: { method: "PUT", path: "/2015-03-31/functions" } });
const OK = { status: 200, headers: {}, body: Buffer.from("{}") };
const change = (params: Record<string, unknown> = {}) =>
  call("UpdateFunctionConfiguration", { FunctionName: "f", ...params });

function revisions() {
  const forward = () =>
    Promise.resolve({ ...OK, body: Buffer.from(JSON.stringify({ Handler: "h", RevisionId: "moto" })) });
  const lab = new FunctionRevisions(forward);
  const read = async (): Promise<unknown> => {
    const answer = await lab.handle(call("GetFunctionConfiguration", { FunctionName: "f" }));
    return (JSON.parse(answer?.body.toString() ?? "") as { RevisionId: string }).RevisionId;
  };
  return { lab, read };
}

describe("FunctionRevisions", () => {
  test("a change with the revision that was read passes", async () => {
    const { lab, read } = revisions();

    const RevisionId = await read();

    expect(RevisionId).not.toBe("moto");
    expect(() => lab.guard(change({ RevisionId }))).not.toThrow();
  });

  test("a change with a revision from before another change is refused", async () => {
    const { lab, read } = revisions();
    const RevisionId = await read();

    await lab.observe(change(), OK);

    expect(() => lab.guard(change({ RevisionId }))).toThrow("does not match the latest Revision Id");
    expect(await read()).not.toBe(RevisionId);
  });

  test("what only reads, or is refused, makes no new revision", async () => {
    const { lab, read } = revisions();
    const before = await read();

    await lab.observe(call("GetFunction", { FunctionName: "f" }), OK);
    await lab.observe(change(), { ...OK, status: 403 });

    expect(await read()).toBe(before);
  });

  test("a change that names no revision passes, as do other calls", async () => {
    const { lab } = revisions();

    expect(() => lab.guard(change())).not.toThrow();
    expect(await lab.handle(call("GetFunction", { FunctionName: "f" }))).toBeUndefined();
  });
});
