import { createHash } from "node:crypto";
import { chmodSync, readdirSync, readFileSync, statSync, utimesSync } from "node:fs";
import path from "node:path";
import { unzipSync } from "fflate";
import { packageFunctions } from "../../packaging/package-function";
import { checkAllMet } from "../../packaging/replace-modules";
import { REPLACEMENTS } from "../../packaging/replacements";
import type { FunctionPackage } from "../../stacks/function-package";
import { checkout as newCheckout, PROJECT, removeCheckout } from "../support/packaged/checkout";

const folders: string[] = [];

function checkout(): string {
  const folder = newCheckout();
  folders.push(folder);
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

/** Sources by file name. */
function filesOf({ path: zip }: FunctionPackage): Record<string, string> {
  const files = Object.entries(unzipSync(readFileSync(zip)));
  return Object.fromEntries(files.map(([name, code]) => [name, Buffer.from(code).toString("utf8")]));
}

afterAll(() => {
  for (const folder of folders) {
    removeCheckout(folder);
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

test("the zips hold the files of the functions, and no path of this machine", async () => {
  const root = checkout();
  const { responder, simulation } = await packageFunctions(root);

  expect(Object.keys(filesOf(responder))).toEqual(["after-attach.js", "index.js"]);
  expect(Object.keys(filesOf(simulation))).toEqual(["index.js"]);
  for (const code of [responder, simulation].flatMap((zip) => Object.values(filesOf(zip)))) {
    expect(code).not.toContain(root);
    expect(code).not.toContain(PROJECT);
  }
});

test("what is loaded before the first attach is a small part of the responder", async () => {
  const { responder } = await packageFunctions(checkout());

  const files = filesOf(responder);
  expect(files["index.js"]).toContain("AttachUserPolicy");
  expect(files["index.js"]?.length).toBeLessThan(36_000);
  expect(files["after-attach.js"]?.length).toBeGreaterThan(100_000);
});

test("the responder's zip stays under 64 KB, which a cold start has to read", async () => {
  const { responder } = await packageFunctions(checkout());

  expect(statSync(responder.path).size).toBeLessThan(64 * 1024);
});

test("a replaced module that the SDK no longer has fails the build, and its name is told", () => {
  const [first, ...others] = REPLACEMENTS;

  expect(() => checkAllMet(REPLACEMENTS, new Set(REPLACEMENTS))).not.toThrow();
  expect(() => checkAllMet(REPLACEMENTS, new Set(others))).toThrow(`missed ${first?.module}.`);
});

test("a replaced module that is another one by now fails the build, and its name is told", () => {
  const failures = REPLACEMENTS.map(
    ({ source }) =>
      () =>
        source("{}"),
  );

  for (const fails of failures) {
    expect(fails).toThrow(/^expected /);
  }
});
