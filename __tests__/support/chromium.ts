import { findProgram } from "../../cli/terraform/find-terraform";

/** Names under which distributions and vendors install it. */
const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Path of the system's Chromium, or of the one that `CHROMIUM_PATH` names; undefined when there is none. */
export function findChromium(env: NodeJS.ProcessEnv): string | undefined {
  const named = env["CHROMIUM_PATH"];
  return findProgram(named ? [named] : NAMES, env);
}
