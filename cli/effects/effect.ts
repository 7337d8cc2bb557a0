import { z } from "zod";
import { listing } from "../../functions/shared/text";

/** The shape of an effect in a report. */
export const effectSchema = z.object({
  /** What changes, in the words of `rollout.yaml` where it has some: `mode`, `trust`, `mail`, `rule` ... */
  setting: z.string(),
  /** `set` has another value than before; the others are about one of several, such as an address. */
  kind: z.enum(["set", "added", "removed", "replaced"]),
  /** Absent for what is added or replaced, and in a stack that is new. */
  before: z.string().optional(),
  /** Absent for what is removed. */
  after: z.string().optional(),
  /** The account is protected less than before, or more people can evade it. */
  weakens: z.boolean(),
});

/**
 * What a planned change means to people: the mode, who is trusted, who is mailed. Its text is safe for one
 * line of a terminal.
 */
export type Effect = Readonly<z.output<typeof effectSchema>>;

/** A line about effects. */
export interface EffectLine {
  readonly text: string;
  readonly weakens: boolean;
}

/** So many of a kind have a line each; more share one. */
const LINES_OF_A_KIND = 3;

/** So many are named on a line that they share. */
const NAMED = 5;

/** Effects in lines, with what weakens first: `mode: observe → enforce`, `mail added: soc@example.com`. */
export function effectLines(effects: readonly Effect[]): EffectLine[] {
  const kinds = new Map<string, Effect[]>();
  for (const effect of effects) {
    const key = JSON.stringify([effect.setting, effect.kind, effect.weakens]);
    kinds.set(key, [...(kinds.get(key) ?? []), effect]);
  }
  const lines = [...kinds.values()].flatMap(linesOfKind);
  return [...lines.filter(({ weakens }) => weakens), ...lines.filter(({ weakens }) => !weakens)];
}

function linesOfKind(effects: readonly Effect[]): EffectLine[] {
  const [first] = effects;
  if (first === undefined) {
    return [];
  }
  const { setting, kind, weakens } = first;
  const values = effects.map(({ before, after }) =>
    kind === "set" && before !== undefined ? `${before} → ${after ?? ""}` : (after ?? before ?? ""),
  );
  const name = kind === "set" ? setting : `${setting} ${kind}`;
  const shown = values.length > LINES_OF_A_KIND ? [listing(values, NAMED)] : values;
  return shown.map((value) => ({ text: `${name}: ${value}`, weakens }));
}
