import { TAMPERED_STEP, type Outcome } from "../../contract";

/** The headings of docs/runbook.md that alerts name; a test finds each of them there. */
export const RUNBOOK_SECTIONS = [
  "An alert says QUARANTINED",
  "An alert says OBSERVED",
  "An alert says FAILED",
  "An alert says VANISHED",
  "An alert says RESTORED or ABANDONED",
  "An alert says RELEASED",
  "An alert says that the quarantine policy was tampered with",
  "An event could not be read",
  "A part of the quarantine was changed",
  "A refused attempt",
  "A drill failed",
  "A silent account",
  "Health findings",
  "Other alarms",
] as const;
export type RunbookSection = (typeof RUNBOOK_SECTIONS)[number];

/** The section about an outcome. */
export function sectionOf({ status, userName, failed }: Outcome): RunbookSection {
  if (userName === "" || failed.some(({ step }) => step === TAMPERED_STEP)) {
    return "An alert says that the quarantine policy was tampered with";
  }
  switch (status) {
    case "OBSERVED":
    case "FAILED":
    case "VANISHED":
    case "RELEASED":
      return `An alert says ${status}`;
    case "RESTORED":
    case "ABANDONED":
      return "An alert says RESTORED or ABANDONED";
    case "QUARANTINED":
    case "TRUSTED":
    case "IGNORED":
    case "HELD":
      return "An alert says QUARANTINED";
  }
}

/**
 * Link to a section, with the anchor that GitHub and most wikis generate from a heading.
 *
 * @param runbookUrl Address of docs/runbook.md for readers. Undefined for no link.
 */
export function runbookLink(section: RunbookSection, runbookUrl: string | undefined): string | undefined {
  const anchor = section
    .toLowerCase()
    .replace(/[^\w -]/g, "")
    .replaceAll(" ", "-");
  return runbookUrl && `${runbookUrl.replace(/#.*$/, "")}#${anchor}`;
}

/** The link to a section, or its name if there is no link. */
export function runbookPlace(section: RunbookSection, runbookUrl: string | undefined): string {
  return runbookLink(section, runbookUrl) ?? `docs/runbook.md, "${section}"`;
}
