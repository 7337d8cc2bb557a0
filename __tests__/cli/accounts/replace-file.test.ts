import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import fs from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { replaceFile } from "../../../cli/accounts/replace-file";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "replace-file-"));
  file = path.join(folder, "rollout.yaml");
  writeFileSync(file, "before");
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test("replaces the text, keeps the mode and leaves nothing else behind", async () => {
  rmSync(file);
  writeFileSync(file, "before", { mode: 0o660 });
  const mode = statSync(file).mode;

  await replaceFile(file, "before", "after");

  expect(readFileSync(file, "utf8")).toBe("after");
  expect(statSync(file).mode).toBe(mode);
  expect(readdirSync(folder)).toEqual(["rollout.yaml"]);
});

test("follows a link instead of replacing it", async () => {
  const link = path.join(folder, "link.yaml");
  symlinkSync(file, link);

  await replaceFile(link, "before", "after");

  expect(readFileSync(file, "utf8")).toBe("after");
  expect(readdirSync(folder)).toEqual(["link.yaml", "rollout.yaml"]);
});

test("does not overwrite what another program wrote meanwhile", async () => {
  await expect(replaceFile(file, "older", "after")).rejects.toThrow(
    /has changed during the import; nothing was written/,
  );

  expect(readFileSync(file, "utf8")).toBe("before");
  expect(readdirSync(folder)).toEqual(["rollout.yaml"]);
});

describe("a file of someone else", () => {
  const SOMEONE = 12_345;

  test("stays theirs, with its mode, when this is root", async () => {
    const isRoot = process.getuid?.() === 0;
    const [uid, gid] = isRoot ? [SOMEONE, SOMEONE + 1] : [process.getuid?.(), process.getgid?.()];
    chownSync(file, uid ?? -1, gid ?? -1);
    // A change of the owner takes the last two bits away.
    chmodSync(file, 0o6_640);

    await replaceFile(file, "before", "after");

    expect(readFileSync(file, "utf8")).toBe("after");
    expect(statSync(file)).toMatchObject({ uid, gid });
    expect(statSync(file).mode & 0o7_777).toBe(0o6_640);
  });

  /** As if the file belonged to someone else, to whom this process cannot give a new one. */
  function refuseToGive(writes: readonly (Error | undefined)[] = []): void {
    const open = fs.open;
    const failing = [...writes];
    jest.spyOn(fs, "open").mockImplementation(async (...args) => {
      const handle = await open(...args);
      if (String(args[0]).endsWith(".tmp")) {
        const stats = await handle.stat();
        const others = Object.assign(stats, { uid: stats.uid + 1 });
        jest.spyOn(handle, "stat").mockResolvedValue(others);
        jest.spyOn(handle, "chown").mockRejectedValue(systemError("EPERM", "fchown"));
      }
      const write = handle.write.bind(handle) as (...rest: unknown[]) => Promise<never>;
      jest.spyOn(handle, "write").mockImplementation(async (...rest: unknown[]) => {
        const error = failing.shift();
        if (error !== undefined) {
          throw error;
        }
        return write(...rest);
      });
      return handle;
    });
  }
  const systemError = (code: string, syscall: string) =>
    Object.assign(new Error(`${code}: refused, ${syscall}`), { code, syscall });
  afterEach(() => jest.restoreAllMocks());

  test.each(["a text that is longer", "short"])("is written in place: %s", async (after) => {
    refuseToGive();
    const { ino } = statSync(file);

    await replaceFile(file, "before", after);

    expect(readFileSync(file, "utf8")).toBe(after);
    expect(statSync(file).ino).toBe(ino);
    expect(readdirSync(folder)).toEqual(["rollout.yaml"]);
  });

  test("is as it was when the disk is full", async () => {
    refuseToGive([systemError("ENOSPC", "write")]);

    await expect(replaceFile(file, "before", "after it")).rejects.toThrow(
      `${file} is as it was: ENOSPC: refused, write '${file}'`,
    );

    expect(readFileSync(file, "utf8")).toBe("before");
  });

  test("that cannot be put back is reported as that", async () => {
    refuseToGive([systemError("ENOSPC", "write"), systemError("EIO", "write")]);

    await expect(replaceFile(file, "before", "after it")).rejects.toThrow(
      /could not be written, and holds a part of the new text: ENOSPC.*Restore it from git.*EIO/,
    );
  });
});
