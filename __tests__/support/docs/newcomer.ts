import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { parse, stringify } from "yaml";
import { isObject } from "../../../functions/shared/json";
import { eventually } from "../eventually";
import { looksLike, wordValue, type CodeBlock } from "./code-blocks";

const PROJECT = path.join(__dirname, "../../..");
const TERMINAL = path.join(__dirname, "../terminal.py");

/** moto, the gateway, and the accounts. */
const LAB_STARTS_WITHIN_MS = 120_000;

/** A mail, or a response, on a busy machine. */
const ARRIVES_WITHIN_MS = 90_000;

/** Terraform takes long in several accounts. */
const BLOCK_MS = 600_000;

interface Ended {
  readonly code: number;
  readonly output: string;
}

/**
 * A person who has never seen the project, and who types the code blocks of a document in the lab. The words
 * after a block's language say how:
 *
 * - `yaml begin` is the whole `rollout.yaml`; any other `yaml` is merged into it, accounts by their name.
 * - `sh lab` is what keeps running: the lab. All that follows is pasted into another shell, after the lines
 *   that the lab prints for it.
 * - `sh` runs on a terminal, each question answered with the name that it asks for; `exit=2` is its exit
 *   code, 0 without it; `as=ACCOUNT` gives it the credentials of that account; `until` repeats it until what
 *   the next `text` shows is there.
 * - `text` shows lines of the output before it, `...` for anything.
 * - `skip` is not for this test.
 */
export class Newcomer {
  private lab: ChildProcess | undefined;
  private labOutput = "";
  private last: Ended | undefined;
  private readonly outputs: string[] = [];
  private readonly folder: string;
  private readonly start: string;

  /**
   * @param name Of a folder below `.lab` that no other test has.
   * @param placeholders Value of each word that a reader replaces; a function is asked each time.
   */
  constructor(
    name: string,
    private readonly placeholders: Readonly<Record<string, string | (() => string)>>,
  ) {
    this.folder = path.join(PROJECT, ".lab", name);
    this.start = path.join(PROJECT, ".lab", `${name}-rollout.yaml`);
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(path.dirname(this.folder), { recursive: true });
  }

  /** What the last command showed. */
  get shown(): string {
    return this.last?.output ?? "";
  }

  /** The last output that is like this; empty when there was none. */
  lastLike(pattern: RegExp): string {
    return this.outputs.filter((output) => pattern.test(output)).at(-1) ?? "";
  }

  /**
   * Does what a block says.
   *
   * @param next The block after it, whose `text` is what it shows.
   * @returns What came out otherwise than the document says.
   */
  async follow(block: CodeBlock, next: CodeBlock | undefined): Promise<readonly string[]> {
    if (block.words.includes("skip") || block.language === "text") {
      return [];
    }
    if (block.language === "yaml") {
      this.edit(block);
      return [];
    }
    if (block.language !== "sh") {
      throw new Error(`A ${block.language} block in "${block.section}": expected sh, yaml or text.`);
    }
    if (block.words.includes("lab")) {
      await this.startLab(block);
      return [];
    }
    const shown = next?.language === "text" ? this.fill(next.text) : "";
    const lines = shown.split("\n").filter((line) => line.trim() !== "");
    if (block.words.includes("until")) {
      await eventually(lines.join(", "), () => this.tryOnce(block, lines), ARRIVES_WITHIN_MS);
      return [];
    }
    const { code, output } = await this.run(block);
    const wanted = Number(wordValue(block, "exit") ?? 0);
    const problems = [
      ...(code === wanted ? [] : [`the exit code is ${code} instead of ${wanted}`]),
      ...missingIn(output, lines).map((line) => `no line is like: ${line}`),
    ];
    return problems.length === 0 ? [] : [block.text, ...problems, ...output.split("\n")];
  }

  /** Ends the lab, and waits until its processes are gone. */
  async stop(): Promise<void> {
    const { lab } = this;
    if (lab?.pid !== undefined && lab.exitCode === null) {
      const ended = new Promise((resolve) => lab.once("close", resolve));
      process.kill(-lab.pid, "SIGTERM");
      await ended;
    }
  }

  private async tryOnce(block: CodeBlock, lines: readonly string[]): Promise<true | undefined> {
    const { output } = await this.run(block);
    return missingIn(output, lines).length === 0 ? true : undefined;
  }

  private async startLab(block: CodeBlock): Promise<void> {
    const script = block.text.replace("rollout.yaml", JSON.stringify(this.start));
    const env = { ...process.env, LAB_PORT: "0", LAB_FOLDER: this.folder };
    // In a group of its own, so that npm and what it starts end together.
    const lab = spawn("bash", ["-c", script], { cwd: PROJECT, env, detached: true });
    this.lab = lab;
    const keep = (data: Buffer) => (this.labOutput += data.toString());
    lab.stdout.on("data", keep);
    lab.stderr.on("data", keep);
    await eventually(
      "the lines that the lab prints",
      () => {
        if (lab.exitCode !== null) {
          throw new Error(`The lab ended:\n${this.labOutput}`);
        }
        return this.labOutput.includes("Press Ctrl-C") || undefined;
      },
      LAB_STARTS_WITHIN_MS,
    );
  }

  /** What the lab prints to paste: from the change of the folder to the empty line. */
  private get pasted(): string {
    return /^cd [^]*?\n\n/m.exec(this.labOutput)?.[0] ?? "";
  }

  private async run(block: CodeBlock): Promise<Ended> {
    const as = wordValue(block, "as");
    const credentials = as === undefined ? "" : this.credentialsLine(this.fill(as));
    const script = `${this.pasted}${credentials}\n${this.fill(block.text)}`;
    this.last = await onTerminal(script);
    this.outputs.push(this.last.output);
    return this.last;
  }

  /** The line that the lab prints for the administrator of an account. */
  private credentialsLine(account: string): string {
    const line = this.labOutput.split("\n").find((each) => each.trim().endsWith(`# ${account}`));
    if (line === undefined) {
      throw new Error(`The lab prints no credentials of ${account}:\n${this.labOutput}`);
    }
    return line.trim();
  }

  private edit(block: CodeBlock): void {
    const text = this.fill(block.text);
    if (block.words.includes("begin")) {
      writeFileSync(this.start, text);
      return;
    }
    const file = path.join(this.folder, "rollout.yaml");
    const merged = merge(parse(readFileSync(file, "utf8")), parse(text));
    writeFileSync(file, stringify(merged, { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" }));
  }

  private fill(text: string): string {
    return Object.entries(this.placeholders).reduce((filled, [word, value]) => {
      const isThere = new RegExp(`\\b${word}\\b`).test(filled);
      return isThere
        ? filled.replace(new RegExp(`\\b${word}\\b`, "g"), typeof value === "string" ? value : value())
        : filled;
    }, text);
  }
}

function missingIn(output: string, lines: readonly string[]): string[] {
  const shown = output.split("\n");
  return lines.filter((line) => !shown.some((each) => looksLike(line, each)));
}

/** Objects key by key, and lists of accounts by name; anything else is replaced. */
function merge(old: unknown, added: unknown): unknown {
  if (Array.isArray(old) && Array.isArray(added) && old.every(hasName) && added.every(hasName)) {
    const changed = old.map((each) => merge(each, added.find(({ name }) => name === each.name) ?? {}));
    return [...changed, ...added.filter(({ name }) => !old.some((each) => each.name === name))];
  }
  if (!isObject(old) || !isObject(added)) {
    return added;
  }
  const changes = Object.entries(added).map(([key, value]) => [key, merge(old[key], value)]);
  return { ...old, ...(Object.fromEntries(changes) as object) };
}

function hasName(value: unknown): value is { readonly name: string } {
  return isObject(value) && typeof value["name"] === "string";
}

function onTerminal(script: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, CI: undefined, NO_COLOR: "1", FORCE_COLOR: undefined };
    const child = spawn("python3", [TERMINAL, script], { cwd: PROJECT, env, timeout: BLOCK_MS });
    let output = "";
    const keep = (data: Buffer) => (output += data.toString());
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.once("error", reject);
    child.once("close", (code) =>
      resolve({ code: code ?? -1, output: stripVTControlCharacters(output).replaceAll("\r", "") }),
    );
  });
}
