/** A value of a policy element that may be one string or several. */
type OneOrMore = string | readonly string[];

/** Condition block: operator, then key, then value. */
export type Condition = Readonly<Record<string, Readonly<Record<string, OneOrMore>>>>;

export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: "*" | Readonly<Record<string, OneOrMore>>;
  /** Every statement has either this or `NotAction`. */
  readonly Action?: OneOrMore;
  readonly NotAction?: OneOrMore;
  readonly Resource?: OneOrMore;
  readonly NotResource?: OneOrMore;
  readonly Condition?: Condition;
}

/** An IAM or resource policy as plain data; the stacks, the tests and the lab use the same object. */
export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

/** The actions that a statement names; none when it names those that it leaves out. */
export function actionsOf({ Action = [] }: Statement): readonly string[] {
  return [Action].flat();
}

export function policyDocument(...statements: readonly Statement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements };
}
