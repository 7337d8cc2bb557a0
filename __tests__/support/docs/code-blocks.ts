/** A fenced block of code in a document. */
export interface CodeBlock {
  /** The heading that it stands under. */
  readonly section: string;
  /** `sh`, `yaml`, `text`, ... */
  readonly language: string;
  /** What follows the language, which no reader sees: `exit=2`. */
  readonly words: readonly string[];
  readonly text: string;
}

/** Every block of a Markdown document, in order. Those in lists may be indented. */
export function codeBlocks(markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let section = "";
  let open: { readonly indent: string; readonly info: string; readonly lines: string[] } | undefined;
  for (const line of markdown.split("\n")) {
    const fence = /^( *)```(.*)$/.exec(line);
    if (fence === null) {
      section = open === undefined ? (/^#+ (.+)$/.exec(line)?.[1] ?? section) : section;
      open?.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
    } else if (open === undefined) {
      open = { indent: fence[1] ?? "", info: fence[2] ?? "", lines: [] };
    } else {
      const [language = "", ...words] = open.info.trim().split(/\s+/);
      blocks.push({ section, language, words, text: open.lines.join("\n") });
      open = undefined;
    }
  }
  return blocks;
}

/** The value of a word such as `exit=2`. */
export function wordValue({ words }: CodeBlock, name: string): string | undefined {
  return words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** Whether a line of an output looks like one of a document, in which `...` stands for anything. */
export function looksLike(shown: string, line: string): boolean {
  const parts = shown
    .trim()
    .split("...")
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^\\s*${parts.join(".*")}\\s*$`).test(line);
}
