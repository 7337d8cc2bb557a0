// Adds up jest's result files and prints one line of plain counts. Fails when a file is missing or held no
// test.
import { readFileSync } from "node:fs";

const results = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, "utf8")));
const total = (key) => results.reduce((sum, result) => sum + result[key], 0);

process.stdout.write(`${total("numPassedTests")} passed, ${total("numFailedTests")} failed\n`);
process.exitCode = results.every(({ success, numTotalTests }) => success && numTotalTests > 0) ? 0 : 1;
