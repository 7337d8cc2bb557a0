import picomatch from "picomatch";

/** Stands for the organization's root, so that `**` after it may also match nothing. */
const ROOT = "root";
/**
 * Characters with a meaning in globs that are plain characters in unit names, such as `R&D (EU)`.
 */
const LITERAL = /[\\()[\]{}+@!|^$?]/g;

/**
 * A matcher for paths of organizational units: `*` stands for a part of one name, `**` for any number of
 * names. `/Sandbox/**` matches `/Sandbox` and everything below it, `/` the root alone.
 */
export function ouMatcher(pattern: string): (ouPath: string) => boolean {
  const matches = picomatch(fromRoot(pattern).replace(LITERAL, "\\$&"), { dot: true });
  return (ouPath) => matches(fromRoot(ouPath));
}

function fromRoot(path: string): string {
  return path === "/" ? ROOT : `${ROOT}${path}`;
}
