/** A span of time, in milliseconds since the epoch; both ends included. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** The parts of a window that the others do not cover, the newest first. */
export function uncovered(wanted: TimeWindow, covered: readonly TimeWindow[]): TimeWindow[] {
  const parts = covered.reduce<TimeWindow[]>(
    (open, { from, to }) => {
      return open.flatMap((part) => {
        if (to < part.from || from > part.to) {
          return [part];
        }
        return [
          { from: part.from, to: from },
          { from: to, to: part.to },
        ].filter((rest) => rest.from < rest.to);
      });
    },
    [wanted],
  );
  return parts.sort((a, b) => b.to - a.to);
}
