import { writeFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

// Loaded into a measured process by --import: at its end it says what it used. Works on every platform of
// Node.js.
const file = process.env.BENCH_USAGE_FILE;
if (isMainThread && file !== undefined) {
  process.on("exit", () => writeFileSync(file, JSON.stringify(process.resourceUsage())));
}
