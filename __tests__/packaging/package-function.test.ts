import { createHash } from "node:crypto";
import { chmodSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { unzipSync } from "fflate";
import { packageFunctions } from "../../packaging/package-function";
import { checkAllApplied } from "../../packaging/replace-modules";
import { REPLACEMENTS } from "../../packaging/replacements";
import type { FunctionPackage } from "../../stacks/function-package";
import { checkout as newCheckout, PROJECT, removeCheckout } from "../support/packaged/checkout";

jest.setTimeout(30_000); // each test bundles, and a machine may be slow

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

test("the packages come with the version of the project", async () => {
  const root = checkout();
  writeFileSync(path.join(root, "package.json"), '{"version":"4.5.6-rc.1"}');

  const { version } = await packageFunctions(root);

  expect(version).toBe("4.5.6-rc.1");
});

test("the zips hold one file each, with no path of this machine in it", async () => {
  const root = checkout();
  const { responder, simulation, notifier } = await packageFunctions(root);
  const called = { AttachUserPolicy: [responder, simulation], Publish: [notifier] };

  for (const [action, files] of Object.entries(called).flatMap(([name, zips]) =>
    zips.map((zip) => [name, filesOf(zip)] as const),
  )) {
    expect(Object.keys(files)).toEqual(["index.js"]);
    expect(files["index.js"]).toContain(action);
    expect(files["index.js"]).not.toContain(root);
    expect(files["index.js"]).not.toContain(PROJECT);
  }
});

test("a replaced module that no function needs fails the build, which names it", () => {
  const [first, ...others] = REPLACEMENTS;

  expect(() => checkAllApplied(REPLACEMENTS, new Set(REPLACEMENTS))).not.toThrow();
  expect(() => checkAllApplied(REPLACEMENTS, new Set(others))).toThrow(`missed ${first?.file}.`);
});

test("a replaced module whose source has changed fails the build", () => {
  const failures = REPLACEMENTS.map(
    ({ replaced }) =>
      () =>
        replaced("{}"),
  );

  for (const fails of failures) {
    expect(fails).toThrow(/^expected /);
  }
});
