import { Writable } from "node:stream";
import { EXIT } from "../../cli/exit-codes";
import { LostOutput } from "../../cli/lost-output";

const systemError = (code: string) => Object.assign(new Error(`write ${code}`), { code });

function lostOutput() {
  const said: string[] = [];
  return { lost: new LostOutput((line) => said.push(line)), said };
}

test.each([
  [EXIT.done, EXIT.failed],
  [EXIT.changes, EXIT.failed],
  [EXIT.failed, EXIT.failed],
  // Nothing was done, or it was stopped: that is known already, and says more.
  [EXIT.usage, EXIT.usage],
  [EXIT.configuration, EXIT.configuration],
  [EXIT.interrupted, EXIT.interrupted],
])("a command that ends with %i ends with %i when its output is lost", (code, expected) => {
  const { lost } = lostOutput();

  expect(lost.exitCode(code)).toBe(code);
  lost.report("stdout", systemError("ENOSPC"));
  expect(lost.exitCode(code)).toBe(expected);
});

test("lost output is reported once, on stderr", () => {
  const { lost, said } = lostOutput();

  lost.report("stdout", systemError("ENOSPC"));
  lost.report("stdout", systemError("ENOSPC"));

  expect(said).toEqual(["The output could not be written to stdout: write ENOSPC"]);
});

test("a lost stderr is no place to report it, and fails the command all the same", () => {
  const { lost, said } = lostOutput();

  lost.report("stderr", systemError("EIO"));

  expect(said).toEqual([]);
  expect(lost.exitCode(EXIT.done)).toBe(EXIT.failed);
});

test("a reader that has closed the pipe has seen enough", () => {
  const { lost, said } = lostOutput();

  lost.report("stdout", systemError("EPIPE"));

  expect(said).toEqual([]);
  expect(lost.exitCode(EXIT.done)).toBe(EXIT.done);
});

test("an error that comes after the command has ended counts", async () => {
  const { lost } = lostOutput();
  const pipe = new Writable({
    write: (_chunk, _encoding, done) => void setImmediate(() => done(systemError("ENOSPC"))),
  });
  const failed = new Promise<void>((resolve) => {
    pipe.on("error", (error) => {
      lost.report("stdout", error);
      resolve();
    });
  });

  pipe.write("sandbox\n");
  expect(lost.exitCode(EXIT.done)).toBe(EXIT.done);
  await failed;

  expect(lost.exitCode(EXIT.done)).toBe(EXIT.failed);
});
