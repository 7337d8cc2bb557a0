import { parseArn } from "../../functions/shared/arn";
import { escapeControlCharacters } from "../escape-control-characters";
import { managedInstances, parseState, type ManagedInstance } from "../state-file";

/** A Terraform state. */
export interface State {
  /** Grows with every change. */
  readonly serial: number;
  /** The same for all versions of one state. */
  readonly lineage: string;
  /** Address and id of every managed resource: another id is another resource. */
  readonly resources: readonly string[];
  /** Ids of the accounts in the ARNs of the resources. */
  readonly accounts: readonly string[];
  /** The text that Terraform wrote. */
  readonly text: string;
}

/** Reads a state; undefined for anything else. */
export function readState(text: string): State | undefined {
  const state = parseState(text);
  if (state === undefined) {
    return undefined;
  }
  const instances = managedInstances(state);
  const accounts = instances.map(accountOf);
  return {
    serial: state.serial,
    lineage: state.lineage,
    resources: instances.map(nameOf),
    accounts: [...new Set(accounts.filter((account) => account !== undefined))],
    text,
  };
}

/** The same state with another serial. */
export function withSerial(state: State, serial: number): string {
  return `${JSON.stringify({ ...(JSON.parse(state.text) as object), serial }, undefined, 2)}\n`;
}

function nameOf({ address, instance: { deposed, attributes } }: ManagedInstance): string {
  const id = typeof attributes?.id === "string" ? ` (${attributes.id})` : "";
  return escapeControlCharacters(`${address}${id}${deposed === undefined ? "" : `, deposed ${deposed}`}`);
}

/**
 * The `arn` of a rule's target is the ARN of the resource that it targets, which may be in the security
 * account.
 */
function accountOf({ type, instance: { attributes } }: ManagedInstance): string | undefined {
  const arn = type === "aws_cloudwatch_event_target" ? undefined : attributes?.arn;
  const account = typeof arn === "string" ? parseArn(arn)?.accountId : undefined;
  return account !== undefined && /^\d{12}$/.test(account) ? account : undefined;
}
