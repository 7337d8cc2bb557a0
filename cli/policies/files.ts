import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Rollout } from "../../stacks/config/rollout";
import { ROLE_USES, type AccountRoles, type GeneratedRole } from "./account-roles";
import type { StackKind } from "./command-rights";
import { statePolicies } from "./state-policies";
import { roleTemplate } from "./template";

export interface GeneratedFile {
  /** Relative to the folder, with `/`. */
  readonly name: string;
  readonly text: string;
}

/** A folder for each account, and one for the states if they are in S3. */
export function roleFiles(
  accounts: readonly AccountRoles[],
  { backend, partition }: Pick<Rollout, "backend" | "partition">,
): GeneratedFile[] {
  const state = backend.type === "s3" ? statePolicies(backend, partition) : undefined;
  const isMade = (use: "plan" | "apply") => accounts.some((roles) => roles[use] !== undefined);
  return [
    ...accounts.flatMap(({ account: { name }, boundary, ...roles }) => [
      ...ROLE_USES.flatMap((use) => filesOf(`${name}/${use}`, roles[use])),
      ...(boundary ? [file(`${name}/boundary.json`, boundary.document)] : []),
    ]),
    ...(["plan", "apply"] as const).flatMap((use) =>
      state !== undefined && isMade(use) ? [file(`state/${use}.json`, state[use])] : [],
    ),
  ];
}

/** A template for each kind of account. The accounts of a kind only differ in their id. */
export function templateFiles(accounts: readonly AccountRoles[]): GeneratedFile[] {
  const kinds: readonly StackKind[] = ["target", "security", "management"];
  return kinds.flatMap((kind) => {
    const first = accounts.find((each) => each.kind === kind);
    return first === undefined || !hasRoles(first)
      ? []
      : [file(`${kind}.template.json`, roleTemplate(first))];
  });
}

/** CloudFormation refuses a template without resources. */
function hasRoles(roles: AccountRoles): boolean {
  return ROLE_USES.some((use) => roles[use] !== undefined);
}

/** @throws Error of the file system. */
export function writeFiles(cwd: string, folder: string, files: readonly GeneratedFile[]): void {
  for (const { name, text } of files) {
    const target = path.resolve(cwd, folder, name);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}

function filesOf(folder: string, role: GeneratedRole | undefined): GeneratedFile[] {
  return role === undefined
    ? []
    : [
        file(`${folder}/trust.json`, role.trust),
        ...role.policies.map((document, index) => file(`${folder}/policy-${index + 1}.json`, document)),
      ];
}

function file(name: string, content: object): GeneratedFile {
  return { name, text: `${JSON.stringify(content, undefined, 2)}\n` };
}
