import path from "node:path";
import { findPython } from "../../lab/moto/find-python";

/** Installs moto once where it is missing: several workers would do it at the same time, into one folder. */
export default async function preparePython(): Promise<void> {
  await findPython(path.resolve(".lab"), (line) => process.stderr.write(`${line}\n`));
}
