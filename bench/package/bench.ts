import { readFileSync } from "node:fs";
import path from "node:path";
import { unzipSync } from "fflate";
import { packageFunctions } from "../../packaging/package-functions";
import { zipFiles } from "../../packaging/zip";
import type { Bench } from "../bench";
import { bundlePlainly } from "../function/subjects";
import { metric } from "../median";

const ROOT = path.resolve(__dirname, "..", "..");

/** `npm run bench -- package`. Sizes are the same in every round. */
export const packageSizes: Bench = {
  name: "package",
  about: "size of each function's package, next to a plain esbuild bundle of the same handler",
  async run({ log }) {
    log("bundling");
    const { responder, simulation, notifier } = await packageFunctions(ROOT);
    const ours = [
      { name: "security-response", zip: readFileSync(responder.path) },
      { name: "attack-simulation", zip: readFileSync(simulation.path) },
      { name: "security-notifier", zip: readFileSync(notifier.path) },
    ];
    const plain = await Promise.all(
      ours.map(async ({ name }) => {
        const code = await bundlePlainly(`functions/${name}/handler.ts`);
        return { name: `${name}, bundled plainly`, zip: zipFiles({ "index.js": code }) };
      }),
    );
    const subjects = [...ours, ...plain].map(({ name, zip }) => ({ name, metrics: sizes(zip) }));
    return { subjects, targets: [] };
  },
};

function sizes(zip: Uint8Array) {
  const unzipped = Object.values(unzipSync(zip)).reduce((sum, { length }) => sum + length, 0);
  return { zipped: metric("bytes", [zip.length]), unzipped: metric("bytes", [unzipped]) };
}
