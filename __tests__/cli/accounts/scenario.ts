import { readFileSync } from "node:fs";
import path from "node:path";

/** Not named .yaml: formatters would straighten what these are about. */
const FOLDER = path.resolve(__dirname, "..", "..", "fixtures", "accounts-import");

/** A `rollout.yaml` before and after three accounts were added: two of production, one of canary. */
export function scenario(name: string): { before: string; after: string } {
  const read = (file: string): string => readFileSync(path.join(FOLDER, name, file), "utf8");
  if (name !== "windows-line-ends") {
    return { before: read("before.yaml.txt"), after: read("after.yaml.txt") };
  }
  // Made here, because git and formatters change line ends in files.
  const { before, after } = scenario("grouped-by-wave");
  return { before: before.replaceAll("\n", "\r\n"), after: after.replaceAll("\n", "\r\n") };
}
