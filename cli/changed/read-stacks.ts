import { readFileSync } from "node:fs";
import path from "node:path";
import { messageOf } from "../../functions/shared/message-of";
import { CommandError } from "../errors";
import { stackContent, type Block, type StackContent } from "./stack-contents";

/** The part of CDKTF's `manifest.json` that says where the stacks are. */
interface Manifest {
  readonly stacks: Readonly<
    Record<
      string,
      { readonly name: string; readonly workingDirectory: string; readonly synthesizedStackPath: string }
    >
  >;
}

/**
 * Reads every stack that was synthesized into a folder.
 *
 * @param project Folder of the project that was synthesized.
 * @throws CommandError when a file is missing, is not JSON, or does not say which account it is for.
 */
export function readStacks(outdir: string, project: string): StackContent[] {
  const { stacks } = readJson<Manifest>(path.join(outdir, "manifest.json"));
  return Object.values(stacks).map(({ name, workingDirectory, synthesizedStackPath }) => {
    const json = readJson<Block>(path.join(outdir, synthesizedStackPath));
    try {
      return stackContent(json, { name, workingDirectory: path.join(outdir, workingDirectory), project });
    } catch (cause) {
      throw new CommandError(`stack ${name}: ${messageOf(cause)}`);
    }
  });
}

function readJson<T>(file: string): T {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as T;
  } catch (cause) {
    throw new CommandError(`the synthesis wrote no readable ${path.basename(file)}: ${messageOf(cause)}`);
  }
}
