import path from "node:path";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { App, AssetType, TerraformAsset, TerraformStack } from "cdktf";
import { addStacks } from "../../../stacks/app";
import { loadRollout } from "../../../stacks/config/load";

/**
 * The same organization as most CDKTF programs would write it: run by tsx, with an ARCHIVE asset in every
 * account's stack, which CDKTF zips for each anew. The configuration, the resources and their addresses are
 * this project's. What differs:
 *
 * - The function is zipped by CDKTF, from the folder in BENCH_HANDLER_FOLDER. Its bundle is made before,
 *   unmeasured.
 * - It runs without what makes `stacks/synthesis/` faster.
 *
 * To swap the asset, this project's is made first and taken out again. That costs it one hash of the bundle a
 * stack.
 */
function main(handlerFolder: string): void {
  const code = { path: path.join(handlerFolder, "index.js"), sha256: "" };
  const packages = {
    responder: code,
    simulation: code,
    notifier: code,
    sweep: code,
    drill: code,
    version: "1.2.3",
  };
  const app = addStacks(new App(), loadRollout(), packages);
  for (const stack of app.node.children.filter((child) => TerraformStack.isStack(child))) {
    for (const asset of stack.node.findAll().filter((node) => node instanceof TerraformAsset)) {
      archiveInstead(asset, handlerFolder);
    }
  }
  app.synth();
}

/** Puts an ARCHIVE asset in the place of another, and into the function next to it. */
function archiveInstead(asset: TerraformAsset, handlerFolder: string): void {
  const { scope, id } = asset.node;
  const lambda = scope?.node.tryFindChild("function");
  if (scope === undefined || !(lambda instanceof LambdaFunction)) {
    throw new Error(`${asset.node.path}: expected a LambdaFunction named "function" next to it`);
  }
  scope.node.tryRemoveChild(id);
  const archive = new TerraformAsset(scope, id, { path: handlerFolder, type: AssetType.ARCHIVE });
  lambda.filename = archive.path;
  lambda.sourceCodeHash = archive.assetHash;
}

const { BENCH_HANDLER_FOLDER } = process.env;
if (BENCH_HANDLER_FOLDER === undefined) {
  throw new Error("BENCH_HANDLER_FOLDER: expected the folder of the bundled handler, got nothing");
}
main(BENCH_HANDLER_FOLDER);
