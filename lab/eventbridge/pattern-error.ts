import { LabError } from "../shared/errors";

/** An event pattern holds what the lab's matcher does not know, so a match would be a guess. */
export class PatternError extends LabError {}
