import { FileOutput } from "../../cli/file-output";

const FD = 3;
const systemError = (code: string) => Object.assign(new Error(`${code}: write`), { code, syscall: "write" });

/** Writes a text to a file that takes what `takes` says, call by call, and then everything. */
function write(text: string, ...takes: (number | Error)[]) {
  const written: Buffer[] = [];
  const errors: Error[] = [];
  const output = new FileOutput(
    FD,
    (error) => errors.push(error),
    (_fd, bytes, offset) => {
      const take = takes.shift() ?? Infinity;
      if (take instanceof Error) {
        throw take;
      }
      written.push(Buffer.from(bytes.slice(offset, offset + take)));
      return Math.min(take, bytes.length - offset);
    },
  );
  output.write(text);
  return { text: Buffer.concat(written).toString("utf8"), errors };
}

test("a write of some of the bytes is followed by one of the rest, in the middle of a letter too", () => {
  expect(write("Zürich, München\n", 2, 1, 7)).toEqual({ text: "Zürich, München\n", errors: [] });
});

test("a disk that fills up in the middle of a write is reported", () => {
  const full = systemError("ENOSPC");

  expect(write("sandbox\npayments\n", 8, full)).toEqual({ text: "sandbox\n", errors: [full] });
});

test("a device that is not ready is tried again", () => {
  expect(write("sandbox\n", systemError("EAGAIN"), 3, systemError("EAGAIN"))).toEqual({
    text: "sandbox\n",
    errors: [],
  });
});

test("a file that takes nothing is reported, not tried for ever", () => {
  expect(write("sandbox\n", 0).errors).toEqual([
    expect.objectContaining({ message: expect.stringContaining("nothing") }),
  ]);
});

test("an error is never thrown: what is watched over goes on", () => {
  expect(() => write("sandbox\n", systemError("EIO"))).not.toThrow();
});
