import { readFileSync } from "node:fs";
import path from "node:path";
import type { PolicyDocument } from "../../stacks/policies/document";

/** What stands in a file of `docs/` between the comments `<!-- NAME -->` and `<!-- end of NAME -->`. */
export function documentSection(file: string, name: string): string {
  const text = readFileSync(path.join(__dirname, "../../docs", file), "utf8");
  const place = new RegExp(`<!-- ${name}(?:: [^>]*)? -->\\n\\n([^]*?)\\n*<!-- end of ${name} -->`);
  const found = place.exec(text)?.[1];
  if (found === undefined) {
    throw new Error(`docs/${file} has no section ${name}`);
  }
  return found;
}

/** A policy in such a section. */
export function documentedPolicy(file: string, name: string): PolicyDocument {
  const json = documentSection(file, name).replace(/^```json\n|\n```$/g, "");
  return JSON.parse(json) as PolicyDocument;
}
