import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { bundleFunctions } from "../../packaging/bundle-functions";
import { replaceModules } from "../../packaging/replace-modules";
import type { Replacement } from "../../packaging/replacements";

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
};

const LIGHT = {
  "handler.ts":
    'import { light } from "@smithy/tools";\nexport const handler = async () => [light(), (await import("./rest.js")).rest()];\n',
  "rest.ts": 'import { light } from "@smithy/tools";\nexport const rest = () => light() + "?";\n',
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

/** Bundles `functions/f/handler.ts`, writes the bundle to `out/index.js`, and returns it. */
async function bundle(
  sources: Readonly<Record<string, string>>,
  replacements: readonly Replacement[] = [],
): Promise<string> {
  for (const [file, source] of Object.entries(sources)) {
    write(`functions/f/${file}`, source);
  }
  const plugin = replaceModules(replacements, new Set());
  const code = Buffer.from((await bundleFunctions(root, ["f"], plugin)).f).toString("utf8");
  write("out/index.js", code);
  return code;
}

const run = <T>(): T =>
  (createRequire(__filename)(path.join(root, "out/index.js")) as { handler: () => T }).handler();

test("the bundle holds what it imports, by import() too", async () => {
  const code = await bundle(LIGHT);

  expect(code).not.toContain("heavy as lead");
  await expect(run()).resolves.toEqual(["light as a feather", "light as a feather?"]);
});

test.each(["functions/@smithy/dist-es", "with $& and $$ in it", "with space 'and' \"quotes\""])(
  "the bytes are the same in a folder %s",
  async (folder) => {
    const here = await bundle(LIGHT);
    enter(folder);

    const there = await bundle(LIGHT);

    expect(there).toBe(here);
  },
);

test("names are found under what they are passed on as, over several modules", async () => {
  await bundle({
    "handler.ts":
      'import {\n  kilos as load,\n  far,\n  type Nothing,\n} from "@smithy/tools";\nexport const handler = () => [load, far];\n',
  });

  expect(run()).toEqual([1000, "not so far"]);
});

test("what nobody asks for is left out", async () => {
  const code = await bundle({
    "handler.ts": 'import { near } from "./near";\nexport const handler = near;\n',
    "near.ts": 'export const near = () => 1;\nexport const never = () => import("./never.js");\n',
    "never.ts": 'export const never = "never asked for";\n',
  });

  expect(code).not.toContain("never");
});

test("a replaced module has its new source, also where a package inside another needs it", async () => {
  write("node_modules/@smithy/tools/node_modules/@smithy/more/package.json", PACKAGE);
  write(
    "node_modules/@smithy/tools/node_modules/@smithy/more/dist-es/index.js",
    'export const far = "old";\n',
  );
  const replaced = (original: string): string => original.replace("old", "new");

  await bundle(
    { "handler.ts": 'import { far } from "@smithy/tools";\nexport const handler = () => far;\n' },
    [{ file: "@smithy/more/dist-es/index.js", replaced }],
  );

  expect(run()).toBe("new");
});

test("a replacement that does not fit the module fails the build and names it", async () => {
  const replaced = (): string => {
    throw new Error("expected something else");
  };

  const bundling = bundle(LIGHT, [{ file: "@smithy/tools/dist-es/light.js", replaced }]);

  await expect(bundling).rejects.toThrow("@smithy/tools/dist-es/light.js: expected something else. See what");
});

test("a source that does not compile is told with its place, below imports too", async () => {
  const imports = 'import {\n  light,\n  heavy,\n} from "@smithy/tools";\n';

  const bundling = bundle({ "handler.ts": `${imports}export const handler = (;\n` });

  await expect(bundling).rejects.toThrow("functions/f/handler.ts:5:24");
});
