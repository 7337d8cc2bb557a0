import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { unzipSync } from "fflate";
import { packageFunctions } from "../../build/package-function";

const PROJECT = path.join(__dirname, "../..");
const folders: string[] = [];

/** A checkout of the sources at another path, with the project's dependencies. */
function checkout(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "checkout-"));
  folders.push(folder);
  cpSync(path.join(PROJECT, "functions"), path.join(folder, "functions"), { recursive: true });
  symlinkSync(path.join(PROJECT, "node_modules"), path.join(folder, "node_modules"));
  return folder;
}

/** Every file below a folder gets another time and mode. */
function disturb(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const file = path.join(folder, entry);
    utimesSync(file, 1_000_000, 1_000_000);
    chmodSync(file, statSync(file).isDirectory() ? 0o700 : 0o600);
  }
}

afterAll(() => {
  for (const folder of folders) {
    rmSync(folder, { recursive: true });
  }
});

test("the same sources give the same bytes after a change of file times, modes and checkout path", async () => {
  const [here, elsewhere] = [checkout(), checkout()];
  disturb(path.join(elsewhere, "functions"));

  const [first, second] = [await packageFunctions(here), await packageFunctions(elsewhere)];

  expect(second.responder.sha256).toBe(first.responder.sha256);
  expect(second.simulation.sha256).toBe(first.simulation.sha256);
});

test("the hash is the one Lambda reports: base64 of the SHA-256 of the zip", async () => {
  const { responder } = await packageFunctions(checkout());

  const zip = readFileSync(responder.path);
  expect(responder.sha256).toBe(createHash("sha256").update(zip).digest("base64"));
});

test("the zip holds one file that anyone may read, and no path of this machine", async () => {
  const root = checkout();
  const { responder } = await packageFunctions(root);

  const files = unzipSync(readFileSync(responder.path));
  expect(Object.keys(files)).toEqual(["index.js"]);
  const code = Buffer.from(files["index.js"] ?? []).toString("utf8");
  expect(code).toContain("AttachUserPolicy");
  expect(code).not.toContain(root);
  expect(code).not.toContain(PROJECT);
});
