import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { bundleFunction } from "../../packaging/bundle-function";
import { prepareModules } from "../../packaging/prepare-modules";
import { replaceModules } from "../../packaging/replace-modules";

// A function and an SDK of a few lines: the package `tools` passes on what other modules declare.
const PACKAGE = `{ "module": "./dist-es/index.js", "sideEffects": false }`;
const SDK = {
  "@smithy/tools/package.json": PACKAGE,
  "@smithy/tools/dist-es/index.js":
    'export { light } from "./light";\nexport { heavy, weight as kilos } from "./heavy";\nexport { far } from "@smithy/more";\n',
  "@smithy/tools/dist-es/light.js": 'export const light = () => "light as a feather";\n',
  "@smithy/tools/dist-es/heavy.js":
    'export const heavy = () => "heavy as lead";\nexport const weight = 1000;\n',
  "@smithy/more/package.json": PACKAGE,
  "@smithy/more/dist-es/index.js":
    'export { near as far } from "./near";\nexport { unused } from "./unused";\n',
  "@smithy/more/dist-es/near.js": 'export const near = "not so far";\n',
  "@smithy/more/dist-es/unused.js": 'export const unused = "never asked for";\n',
  // A client, of which imports stay as they are.
  "@aws-sdk/client/package.json": PACKAGE,
  "@aws-sdk/client/dist-es/index.js":
    'import { heavy } from "@smithy/tools";\nexport const client = () => heavy();\n',
};

/** What is loaded at first is light, what comes later is heavy. */
const SPLIT = {
  "handler.ts":
    'import { light } from "@smithy/tools";\nexport const handler = async () => [light(), (await import("./rest.js")).rest()];\n',
  "rest.ts":
    'import { light } from "@smithy/tools";\nimport { client } from "@aws-sdk/client";\nexport const rest = () => light() + client();\n',
};

let temporary: string;
let root: string;

beforeEach(() => {
  temporary = realpathSync(mkdtempSync(path.join(tmpdir(), "bundle-")));
  enter("here");
});

afterEach(() => rmSync(temporary, { recursive: true }));

/** Another checkout, with the SDK in it. */
function enter(folder: string): void {
  root = path.join(temporary, folder);
  for (const [file, source] of Object.entries(SDK)) {
    write(`node_modules/${file}`, source);
  }
}

function write(file: string, source: string): void {
  const at = path.join(root, file);
  mkdirSync(path.dirname(at), { recursive: true });
  writeFileSync(at, source);
}

/** Bundles `functions/f/handler.ts`, writes the files, and gives their sources by name. */
async function bundle(sources: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  for (const [file, source] of Object.entries(sources)) {
    write(`functions/f/${file}`, source);
  }
  const plugin = prepareModules(replaceModules([], new Set()));
  const files = await bundleFunction(root, "functions/f/handler.ts", [plugin]);
  const texts = Object.entries(files).map(([name, code]) => [name, Buffer.from(code).toString("utf8")]);
  for (const [name = "", code = ""] of texts) {
    write(`out/${name}`, code);
  }
  return Object.fromEntries(texts) as Record<string, string>;
}

const run = <T>(): T =>
  (createRequire(__filename)(path.join(root, "out/index.js")) as { handler: () => T }).handler();

test("what only an import() needs is in a file of its own, and what both need is in index.js alone", async () => {
  const files = await bundle(SPLIT);

  expect(Object.keys(files).sort()).toEqual(["index.js", "rest.js"]);
  expect(files["index.js"]).toContain("light as a feather");
  expect(files["index.js"]).not.toContain("heavy as lead");
  expect(files["rest.js"]).toContain("heavy as lead");
  expect(files["rest.js"]).not.toContain("light as a feather");
  await expect(run()).resolves.toEqual(["light as a feather", "light as a featherheavy as lead"]);
});

test.each(["functions/@smithy/dist-es", "with $& and $$ in it", "with space 'and' \"quotes\""])(
  "the files are the same in a folder %s",
  async (folder) => {
    const here = await bundle(SPLIT);
    enter(folder);

    const there = await bundle(SPLIT);

    expect(there).toEqual(here);
  },
);

test("names are found under what they are passed on as, over several modules", async () => {
  const files = await bundle({
    "handler.ts":
      'import {\n  kilos as load,\n  far,\n  type Nothing,\n} from "@smithy/tools";\nexport const handler = () => [load, far];\n',
  });

  expect(Object.keys(files)).toEqual(["index.js"]);
  expect(run()).toEqual([1000, "not so far"]);
});

test("what nobody asks for is left out, with the files it alone would load", async () => {
  const files = await bundle({
    "handler.ts": 'import { near } from "./near";\nexport const handler = near;\n',
    "near.ts": 'export const near = () => 1;\nexport const never = () => import("./never.js");\n',
    "never.ts": 'export const never = "never asked for";\n',
  });

  expect(Object.keys(files)).toEqual(["index.js"]);
  expect(files["index.js"]).not.toContain("never");
});

test("a source that does not compile is told with its place, below imports too", async () => {
  const imports = 'import {\n  light,\n  heavy,\n} from "@smithy/tools";\n';

  const bundling = bundle({ "handler.ts": `${imports}export const handler = (;\n` });

  await expect(bundling).rejects.toThrow("functions/f/handler.ts:5:24");
});

test("a name that the bundle itself has taken is refused", async () => {
  const handler = SPLIT["handler.ts"].replace(/export const handler/, "export const a = 1, b = 2, handler");

  const bundling = bundle({ ...SPLIT, "handler.ts": handler });

  await expect(bundling).rejects.toThrow("expected other names than the bundle's own, got a");
});
