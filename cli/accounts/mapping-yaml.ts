import { stringify } from "yaml";
import { escapeControlCharacters } from "../escape-control-characters";
import type { WaveMapping } from "./import-plan";

/** A mapping as lines of `rollout.yaml` to copy, indented by two. */
export function mappingYaml(mapping: WaveMapping): string[] {
  return [
    "  accountImport:",
    "    waves:",
    ...mapping.flatMap(({ ou, wave }) => [`      - ou: ${inYaml(ou)}`, `        wave: ${inYaml(wave)}`]),
  ];
}

/**
 * A text as YAML on one line, without control characters. Copied to a file it means the same text.
 */
function inYaml(text: string): string {
  if (escapeControlCharacters(text) === text) {
    return stringify(text, { lineWidth: 0 }).trimEnd();
  }
  const letters = [...JSON.stringify(text)];
  return letters
    .map((letter) => (escapeControlCharacters(letter) === letter ? letter : escaped(letter)))
    .join("");
}

function escaped(letter: string): string {
  return `\\U${(letter.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`;
}
