import { escapeControlCharacters } from "../../escape-control-characters";

/**
 * A piece of the page. It is written once and made into text for the file, or into DOM by the browser: text
 * is never put together with markup, so that no name from AWS can become markup.
 */
export type PageNode = string | PageElement;

export interface PageElement {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly PageNode[];
}

/** An attribute without a value is `true`; `undefined` and `false` leave it out. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** What may be given as children: lists are flattened, and `undefined` is left out. */
export type Children = PageNode | undefined | readonly Children[];

/** Makes an element. Control and bidirectional characters in its text and attributes become visible. */
export function element(tag: string, attributes: Attributes = {}, ...children: Children[]): PageElement {
  const given = Object.entries(attributes).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === false
      ? []
      : [[name, value === true ? "" : escapeControlCharacters(String(value))]],
  );
  return { tag, attributes: Object.fromEntries(given), children: flatten(children) };
}

function flatten(children: Children): PageNode[] {
  if (children === undefined) {
    return [];
  }
  if (typeof children === "string") {
    return [escapeControlCharacters(children)];
  }
  return isList(children) ? children.flatMap(flatten) : [children];
}

function isList(children: PageElement | readonly Children[]): children is readonly Children[] {
  return Array.isArray(children);
}
