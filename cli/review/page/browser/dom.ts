import type { PageNode } from "../element";

/** DOM of a node. */
export function toDom(node: PageNode): Node {
  if (typeof node === "string") {
    return document.createTextNode(node);
  }
  const made = document.createElement(node.tag);
  for (const [name, value] of Object.entries(node.attributes)) {
    made.setAttribute(name, value);
  }
  made.append(...node.children.map(toDom));
  return made;
}

/** An element that the page has. */
export function byId(id: string): HTMLElement;
export function byId<T extends HTMLElement>(id: string, type: new () => T): T;
export function byId(id: string, type = HTMLElement): HTMLElement {
  const found = document.getElementById(id);
  if (!(found instanceof type)) {
    throw new Error(`the page has no ${type.name} #${id}`);
  }
  return found;
}
