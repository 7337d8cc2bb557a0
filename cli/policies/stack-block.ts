import { z } from "zod";
import { OWN_TAGS } from "../../stacks/config/resource-settings";
import type { Rollout } from "../../stacks/config/rollout";
import type { AccountNames } from "../../stacks/names";

const blocksSchema = z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown())));
const stackSchema = z.object({ resource: blocksSchema });

type Blocks = z.infer<typeof blocksSchema>;

/** Where the resources of a stack are. */
export interface Place {
  readonly names: AccountNames;
  readonly organizationId: string;
  /** Value of the tag `ManagedBy` that every stack gives what it makes. */
  readonly managedBy: string;
}

/** Where the resources of an account's stack are. */
export function placeOf({ organizationId, tags }: Rollout, names: AccountNames): Place {
  return { names, organizationId, managedBy: { ...OWN_TAGS, ...tags }.ManagedBy };
}

/** One resource of a synthesized stack. */
export class StackBlock {
  constructor(
    private readonly blocks: Blocks,
    readonly place: Place,
    /** Terraform's, for example `aws_sns_topic`. */
    readonly type: string,
    private readonly id: string,
  ) {}

  get names(): AccountNames {
    return this.place.names;
  }

  /**
   * An argument, or what it refers to in the same stack: `${aws_iam_role.x.name}` is the name of that role.
   *
   * @throws Error for an argument that the resource does not have.
   */
  text(argument: string): string {
    const found = this.optional(argument);
    if (found === undefined) {
      throw new Error(`expected ${this.type}.${this.id} to have ${argument}`);
    }
    return found;
  }

  optional(argument: string): string | undefined {
    const value = this.argument(argument);
    if (typeof value !== "string") {
      return undefined;
    }
    const reference = referenceIn(value);
    return reference === undefined ? value : this.block(reference).text(reference.attribute);
  }

  has(argument: string): boolean {
    return this.argument(argument) !== undefined;
  }

  /**
   * The resource that an argument refers to.
   *
   * @throws Error for an argument that refers to none.
   */
  referred(argument: string): StackBlock {
    const value = this.argument(argument);
    const reference = typeof value === "string" ? referenceIn(value) : undefined;
    if (reference === undefined) {
      throw new Error(`expected ${argument} of ${this.type}.${this.id} to refer to a resource`);
    }
    return this.block(reference);
  }

  private argument(name: string): unknown {
    return this.blocks[this.type]?.[this.id]?.[name];
  }

  private block({ type, id }: Reference): StackBlock {
    return new StackBlock(this.blocks, this.place, type, id);
  }
}

interface Reference {
  readonly type: string;
  readonly id: string;
  readonly attribute: string;
}

function referenceIn(text: string): Reference | undefined {
  const [, type, id, attribute] = /^\$\{(\w+)\.([\w-]+)\.(\w+)\}$/.exec(text) ?? [];
  return type === undefined || id === undefined || attribute === undefined
    ? undefined
    : { type, id, attribute };
}

/** Replaces every reference in a text by what `value` makes of the resource that it refers to. */
export function replaceReferences(
  text: string,
  stackJson: object,
  place: Place,
  value: (block: StackBlock) => string,
): string {
  const { resource } = stackSchema.parse(stackJson);
  return text.replace(/\$\{(\w+)\.([\w-]+)\.\w+\}/g, (_all, type: string, id: string) =>
    value(new StackBlock(resource, place, type, id)),
  );
}

/** Every resource of a synthesized stack. */
export function stackBlocks(stackJson: object, place: Place): StackBlock[] {
  const { resource } = stackSchema.parse(stackJson);
  return Object.entries(resource).flatMap(([type, blocks]) =>
    Object.keys(blocks).map((id) => new StackBlock(resource, place, type, id)),
  );
}
