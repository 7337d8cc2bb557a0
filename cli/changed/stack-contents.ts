import path from "node:path";

/** A block of Terraform's JSON syntax. */
export type Block = Readonly<Record<string, unknown>>;

/**
 * What Terraform sees of a stack. Two stacks are the same if their `blocks` and the location of their state
 * are.
 */
export interface StackContent {
  /** 12 digits: the account of the stack, after which its state is named. */
  readonly accountId: string;
  /** Name of the stack, which Terraform does not see. */
  readonly name: string;
  /** Everything but comments and the path of a local state. */
  readonly blocks: Block;
  /**
   * File of a local state: its absolute path, and its path relative to the project. Undefined for other
   * backends.
   */
  readonly stateFile: { readonly absolute: string; readonly fromProject: string } | undefined;
}

/** Where a stack was synthesized. */
export interface StackPlace {
  readonly name: string;
  /** Folder that Terraform would run in: a relative state file starts here. */
  readonly workingDirectory: string;
  /** Folder of the project. */
  readonly project: string;
}

/**
 * Reduces a synthesized `cdk.tf.json` to what Terraform sees.
 *
 * @throws Error when no account's id is in it.
 */
export function stackContent(json: Block, { name, workingDirectory, project }: StackPlace): StackContent {
  const accountId = accountIdOf(json);
  const blocks = withoutComments(json);
  const { terraform, statePath } = withoutStatePath(block(blocks["terraform"]));
  const absolute = statePath === undefined ? undefined : path.resolve(workingDirectory, statePath);
  return {
    accountId,
    name,
    blocks: { ...blocks, terraform },
    stateFile:
      absolute === undefined ? undefined : { absolute, fromProject: path.relative(project, absolute) },
  };
}

function accountIdOf(json: Block): string {
  const providers = block(json["provider"])["aws"];
  const ids = Array.isArray(providers) ? block(providers[0])["allowed_account_ids"] : undefined;
  const id: unknown = Array.isArray(ids) ? ids[0] : undefined;
  if (typeof id !== "string") {
    throw new Error("expected the account's id under provider.aws[0].allowed_account_ids");
  }
  return id;
}

/**
 * Leaves out the comments, under the key `//`, in which CDKTF keeps its metadata:
 * https://developer.hashicorp.com/terraform/language/syntax/json#comment-properties. Deeper than the body of
 * a resource, that key may be a value, such as the key of a tag.
 */
function withoutComments(json: Block): Block {
  const { resource, data, ...others } = withoutComment(json);
  const labelled = {
    ...(resource === undefined ? {} : { resource }),
    ...(data === undefined ? {} : { data }),
  };
  const bodies = mapValues(labelled, (types) =>
    mapValues(types, (names) => mapValues(names, (body) => withoutComment(block(body)))),
  );
  return { ...others, ...bodies };
}

function withoutComment({ "//": _comment, ...rest }: Block): Block {
  return rest;
}

/** The path of a local state depends on the output folder, and is compared separately. */
function withoutStatePath(terraform: Block): { terraform: Block; statePath: string | undefined } {
  const backend = block(terraform["backend"]);
  const { path: statePath, ...local } = block(backend["local"]);
  return typeof statePath === "string"
    ? { terraform: { ...terraform, backend: { ...backend, local } }, statePath }
    : { terraform, statePath: undefined };
}

function mapValues(object: unknown, change: (value: unknown) => unknown): Block {
  return Object.fromEntries(Object.entries(block(object)).map(([key, value]) => [key, change(value)]));
}

function block(value: unknown): Block {
  return typeof value === "object" && value !== null ? (value as Block) : {};
}
