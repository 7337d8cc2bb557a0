import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const ROOT = path.join(__dirname, "../..");
const inDocs = readdirSync(path.join(ROOT, "docs"), { recursive: true, encoding: "utf8" });
const DOCUMENTS = [...readdirSync(ROOT), ...inDocs.map((file) => path.join("docs", file))].filter((file) =>
  file.endsWith(".md"),
);

const read = (file: string) => readFileSync(path.join(ROOT, file), "utf8");

/** As GitHub makes it from a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, "")
    .replace(/\s/g, "-");
}

function anchorsOf(file: string): string[] {
  return [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading));
}

/** Links to other files and places of the project that lead nowhere. */
function brokenLinks(file: string): string[] {
  const links = [...read(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
  return links
    .filter((link) => !/^https?:/.test(link))
    .filter((link) => {
      const [target = "", anchor] = link.split("#");
      const found = target === "" ? file : path.join(path.dirname(file), target);
      return (
        !existsSync(path.join(ROOT, found)) || (anchor !== undefined && !anchorsOf(found).includes(anchor))
      );
    });
}

test.each(DOCUMENTS)("the links in %s lead somewhere", (file) => {
  expect(brokenLinks(file)).toEqual([]);
});

test("every file and folder that CONTRIBUTING.md names is there", () => {
  const named = [...read("CONTRIBUTING.md").matchAll(/`([\w.-]+\/[\w./-]*)`/g)].map(([, name = ""]) => name);
  const places = named.filter((name) => existsSync(path.join(ROOT, name.split("/")[0] ?? "")));

  expect(places.length).toBeGreaterThan(20);
  expect(places.filter((name) => !existsSync(path.join(ROOT, name)))).toEqual([
    // What a reader is asked to write.
    "cli/commands/NAME.ts",
  ]);
});
