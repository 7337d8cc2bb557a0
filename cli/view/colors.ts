import pc from "picocolors";
import type { Output, Shell } from "../shell";

export type Colors = ReturnType<typeof pc.createColors>;

/** Colour on a terminal only, and not where NO_COLOR is set (https://no-color.org). */
export function colorsFor(output: Output, { env }: Pick<Shell, "env">): Colors {
  return pc.createColors(output.isTTY === true && !env["NO_COLOR"]);
}
