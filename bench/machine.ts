import { readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

/** Packages whose version decides what is measured. */
const PACKAGES = [
  "cdktf",
  "@cdktf/provider-aws",
  "constructs",
  "tsx",
  "esbuild",
  "@aws-sdk/client-iam",
  "@aws-sdk/client-sns",
];

/** Where a bench ran; a number without it says nothing. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** In GB of 1,000,000,000 bytes. */
  readonly memoryGb: number;
  readonly os: string;
  readonly node: string;
}

export function describeMachine(): Machine {
  const cpus = os.cpus();
  return {
    cpu: cpus[0]?.model.trim() ?? "unknown",
    cores: cpus.length,
    memoryGb: Math.round(os.totalmem() / 1_000_000_000),
    os: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
  };
}

/** Versions as installed, by package. */
export function installedVersions(root: string): Record<string, string> {
  const version = (name: string) => {
    const file = path.join(root, "node_modules", name, "package.json");
    return (JSON.parse(readFileSync(file, "utf8")) as { readonly version: string }).version;
  };
  return Object.fromEntries(PACKAGES.map((name) => [name, version(name)]));
}
