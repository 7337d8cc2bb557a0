import { Option } from "commander";

/** An option that may be given several times, and collects what it is given. */
export function repeatable(
  flags: string,
  description: string,
  check: (value: string) => string = (value) => value,
): Option {
  return new Option(flags, `${description} (repeatable)`).argParser(
    (value: string, earlier: readonly string[] | undefined) => [...(earlier ?? []), check(value)],
  );
}
