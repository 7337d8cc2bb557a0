import { detailsOf, drillTable, type DrillRow } from "../drill/drill-report";
import { escapeControlCharacters } from "../escape-control-characters";
import { colorsFor, note, type Shell } from "../shell";

const REDRAW_MS = 500;

/** What an operator sees of running drills. */
export interface DrillView {
  say(text: string): void;
  /** The drill of an account has ended. */
  ended(row: DrillRow): void;
  close(): void;
}

/**
 * The table, redrawn in place, on a terminal that has room for it; otherwise a line for each drill that ends.
 */
export async function openDrillView(shell: Shell, rows: readonly DrillRow[]): Promise<DrillView> {
  const { stderr, env } = shell;
  const fits = rows.length + FRAME_LINES < (stderr.rows ?? 0);
  if (stderr !== process.stderr || stderr.isTTY !== true || env["CI"] || !fits) {
    return {
      say: (text) => note(shell, text),
      ended: (row) => note(shell, escapeControlCharacters(lineOf(row))),
      close: () => undefined,
    };
  }
  // An ES module that is only needed on terminals.
  const { createLogUpdate } = await import("log-update");
  const redraw = createLogUpdate(process.stderr);
  const colors = colorsFor(stderr, shell);
  const draw = () => redraw(drillTable(rows, Date.now(), colors));
  const timer = setInterval(draw, REDRAW_MS);
  return {
    say: (text) => {
      redraw.clear();
      note(shell, text);
      draw();
    },
    ended: draw,
    close: () => {
      clearInterval(timer);
      // The result prints the table again.
      redraw.clear();
    },
  };
}

/** Lines of the table other than its rows, and one for the cursor. */
const FRAME_LINES = 5;

function lineOf(row: DrillRow): string {
  const result = row.run?.kind === "ended" ? row.run.outcome.status : (row.run?.kind ?? "not run");
  const details = detailsOf(row);
  return details.length === 0 ? `${row.account}: ${result}` : details.join("\n");
}
