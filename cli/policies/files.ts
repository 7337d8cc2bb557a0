import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Rollout } from "../../stacks/config/rollout";
import type { AccountRoles, GeneratedRole } from "./account-roles";
import type { StackKind } from "./command-actions";
import { statePolicies } from "./state-policies";
import { roleTemplate } from "./template";

export interface GeneratedFile {
  /** Relative to the folder, with `/`. */
  readonly name: string;
  readonly text: string;
}

/** A folder for each account, and one for the states where they are in S3. */
export function roleFiles(
  accounts: readonly AccountRoles[],
  { backend, partition }: Pick<Rollout, "backend" | "partition">,
): GeneratedFile[] {
  const state = backend.type === "s3" ? statePolicies(backend, partition) : undefined;
  return [
    ...accounts.flatMap(({ account, plan, apply, boundary }) => [
      ...filesOf(`${account.name}/plan`, plan),
      ...filesOf(`${account.name}/apply`, apply),
      ...(boundary ? [file(`${account.name}/boundary.json`, boundary.document)] : []),
    ]),
    ...Object.entries(state ?? {}).map(([use, document]) => file(`state/${use}.json`, document)),
  ];
}

/** A template for each kind of account. All accounts of a kind have the same, but for their id. */
export function templateFiles(accounts: readonly AccountRoles[]): GeneratedFile[] {
  const kinds: readonly StackKind[] = ["target", "security", "management"];
  return kinds.flatMap((kind) => {
    const first = accounts.find((each) => each.kind === kind);
    return first === undefined ? [] : [file(`${kind}.template.json`, roleTemplate(first))];
  });
}

/** @throws Error of the file system. */
export function writeFiles(cwd: string, folder: string, files: readonly GeneratedFile[]): void {
  for (const { name, text } of files) {
    const target = path.resolve(cwd, folder, name);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}

function filesOf(folder: string, { trust, policies }: GeneratedRole): GeneratedFile[] {
  return [
    file(`${folder}/trust.json`, trust),
    ...policies.map((document, index) => file(`${folder}/policy-${index + 1}.json`, document)),
  ];
}

function file(name: string, content: object): GeneratedFile {
  return { name, text: `${JSON.stringify(content, undefined, 2)}\n` };
}
