// Adds up jest's result files and prints one line of plain counts. Fails when a file is missing, held no test
// or reports a failure. A test file that could not be run counts as one failed test.
import { existsSync, readFileSync } from "node:fs";

const files = process.argv.slice(2);
const results = files.filter(existsSync).map((file) => JSON.parse(readFileSync(file, "utf8")));
const total = (key) => results.reduce((sum, result) => sum + result[key], 0);

const failed = total("numFailedTests") + total("numRuntimeErrorTestSuites");
process.stdout.write(`${total("numPassedTests")} passed, ${failed} failed\n`);
const complete = results.length === files.length;
process.exitCode =
  complete && results.every(({ success, numTotalTests }) => success && numTotalTests > 0) ? 0 : 1;
