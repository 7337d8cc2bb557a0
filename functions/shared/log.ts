type Level = "info" | "warn" | "error";

/** Fields of one line next to level and message. Never put a credential in one. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes one JSON object a line, which CloudWatch Logs Insights reads field by field. */
export interface Log {
  readonly info: (message: string, fields?: LogFields) => void;
  readonly warn: (message: string, fields?: LogFields) => void;
  readonly error: (message: string, fields?: LogFields) => void;
  /** The same log with more fields on every line. */
  readonly with: (fields: LogFields) => Log;
}

export function createLog(write: (line: string) => void, common: LogFields = {}): Log {
  const at =
    (level: Level) =>
    (message: string, fields: LogFields = {}): void =>
      write(`${JSON.stringify({ level, message, ...common, ...fields })}\n`);
  return {
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    with: (fields) => createLog(write, { ...common, ...fields }),
  };
}
