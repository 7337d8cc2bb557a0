import type { PageNode } from "./element";

/** Elements that have no end tag. */
const VOID_TAGS = ["br", "input", "meta"];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** The HTML of a node. Not for `script` and `style`, whose text is no HTML. */
export function toHtml(node: PageNode): string {
  if (typeof node === "string") {
    return escapeHtml(node);
  }
  const { tag, children } = node;
  const attributes = Object.entries(node.attributes)
    .map(([name, value]) => ` ${name}="${escapeHtml(value)}"`)
    .join("");
  return VOID_TAGS.includes(tag)
    ? `<${tag}${attributes}>`
    : `<${tag}${attributes}>${children.map(toHtml).join("")}</${tag}>`;
}

/** Makes text safe in an element and in a quoted attribute. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
