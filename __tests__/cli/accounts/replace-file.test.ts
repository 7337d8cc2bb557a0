import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
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
