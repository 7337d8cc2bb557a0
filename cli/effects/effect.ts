import { z } from "zod";
import { listing } from "../../functions/shared/text";

/** The shape of an effect in a report. */
export const effectSchema = z.object({
  /** What changes, by its key in `rollout.yaml` if it has one: `mode`, `trust`, `mail`, `rule` ... */
  setting: z.string(),
  /** `set` changes a single value; the others are about one item of several, such as an address. */
  kind: z.enum(["set", "added", "removed", "replaced"]),
  /** Absent for what is added or replaced, and in a new stack. */
  before: z.string().optional(),
  /** Absent for what is removed. */
  after: z.string().optional(),
  /** The account is protected less than before, or more principals can evade the quarantine. */
  weakens: z.boolean(),
});

/**
 * What a planned change means: the mode, who is trusted, who gets mail. Its text is safe for one line of a
 * terminal.
 */
export type Effect = Readonly<z.output<typeof effectSchema>>;

/** A line about effects. */
export interface EffectLine {
  readonly text: string;
  readonly weakens: boolean;
}

/** Up to this number of effects of a kind have a line each; more share one line. */
const LINES_OF_A_KIND = 3;

/** Up to this number are named on a shared line. */
const NAMED = 5;

/** Effects as lines, those that weaken first: `mode: observe → enforce`, `mail added: soc@example.com`. */
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
