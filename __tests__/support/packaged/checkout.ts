import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** The project's folder. */
export const PROJECT = path.join(__dirname, "../../..");

/** A checkout of what the packages are made of, at another path, with the project's dependencies. */
export function checkout(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "checkout-"));
  cpSync(path.join(PROJECT, "functions"), path.join(folder, "functions"), { recursive: true });
  cpSync(path.join(PROJECT, "package.json"), path.join(folder, "package.json"));
  symlinkSync(path.join(PROJECT, "node_modules"), path.join(folder, "node_modules"));
  return folder;
}

export function removeCheckout(folder: string): void {
  rmSync(folder, { recursive: true });
}
