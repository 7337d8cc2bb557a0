import { createHash } from "node:crypto";
import { chmodSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { unzipSync } from "fflate";
import { packageFunctions } from "../../packaging/package-functions";
import { checkAllApplied } from "../../packaging/replace-modules";
import { REPLACEMENTS } from "../../packaging/replacements";
import type { FunctionPackage, FunctionPackages } from "../../stacks/function-package";
import { checkout, PROJECT, removeCheckout } from "../support/packaged/checkout";

jest.setTimeout(30_000); // it bundles twice, and a machine may be slow

/** Two checkouts of the same sources, and the packages of the first. */
const [here, elsewhere] = [checkout(), checkout()];
let packages: FunctionPackages;

beforeAll(async () => {
  writeFileSync(path.join(here, "package.json"), '{"version":"4.5.6-rc.1"}');
  packages = await packageFunctions(here);
});

afterAll(() => [here, elsewhere].forEach(removeCheckout));

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

test("the same sources give the same bytes after a change of file times, modes and checkout path", async () => {
  disturb(path.join(elsewhere, "functions"));

  const others = await packageFunctions(elsewhere);

  expect(others.responder.sha256).toBe(packages.responder.sha256);
  expect(others.simulation.sha256).toBe(packages.simulation.sha256);
});

test("the hash is the one Lambda reports: base64 of the SHA-256 of the zip", () => {
  const { responder } = packages;

  const zip = readFileSync(responder.path);
  expect(responder.sha256).toBe(createHash("sha256").update(zip).digest("base64"));
});

test("the packages come with the version of the project", () => {
  expect(packages.version).toBe("4.5.6-rc.1");
});

test("the zips hold one file each, with no path of this machine in it", () => {
  const { responder, simulation, notifier } = packages;
  const called = { AttachUserPolicy: [responder, simulation], Publish: [notifier] };

  for (const [action, files] of Object.entries(called).flatMap(([name, zips]) =>
    zips.map((zip) => [name, filesOf(zip)] as const),
  )) {
    expect(Object.keys(files)).toEqual(["index.js"]);
    expect(files["index.js"]).toContain(action);
    expect(files["index.js"]).not.toContain(here);
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
