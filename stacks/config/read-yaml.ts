import { isNode, LineCounter, parseDocument, type Document } from "yaml";
import { messageOf } from "../../functions/shared/message-of";
import { ConfigError, type ConfigProblem } from "./errors";
import type { KeyPath } from "./key-path";

/** A parsed file: the plain value, and where in the text each part of it stands. */
export interface YamlFile {
  readonly value: unknown;
  /** Position of the value at a path, or of its nearest parent that is in the text. */
  positionOf(path: KeyPath): ConfigProblem["position"];
}

/**
 * Parses YAML 1.2.
 *
 * @throws {ConfigError} For text that is not YAML, or that repeats a key, with each place.
 */
export function readYaml(file: string, text: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };

  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => {
      const place = { path: "", position: at(error.pos[0]) };
      return error.code === "MULTIPLE_DOCS"
        ? { ...place, expected: "one YAML document", found: "another one, which begins here" }
        : { ...place, expected: "valid YAML", found: error.message };
    });
    throw new ConfigError(file, problems);
  }

  const positionOf = (path: KeyPath): ConfigProblem["position"] => {
    const node = path.length === 0 ? document.contents : document.getIn(path, true);
    if (isNode(node) && node.range) {
      return at(node.range[0]);
    }
    return path.length === 0 ? undefined : positionOf(path.slice(0, -1));
  };
  return { value: toPlainValue(file, document), positionOf };
}

/**
 * Anchors and aliases are for people who repeat themselves; one that is unknown, endless or circular is a
 * mistake.
 */
function toPlainValue(file: string, document: Document): unknown {
  try {
    const value = document.toJS() as unknown;
    JSON.stringify(value);
    return value;
  } catch (cause) {
    const found = messageOf(cause).split("\n", 1).join();
    throw new ConfigError(file, [{ path: "", expected: "aliases of anchors that stand above them", found }], {
      cause,
    });
  }
}
