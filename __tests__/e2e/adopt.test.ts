import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { findProgram } from "../../cli/terraform/find-terraform";
import { findChromium } from "../support/chromium";
import { codeBlocks, type CodeBlock } from "../support/docs/code-blocks";
import { Newcomer } from "../support/docs/newcomer";
import { writePictures } from "../support/docs/picture";

const PROJECT = path.join(__dirname, "../..");

/** Read and typed in this order. */
const DOCUMENTS = ["docs/adopt.md", "docs/uninstall.md"];

/** Several stacks by Terraform on a busy machine. */
const SECTION_MS = 900_000;

/** The documents use the AWS CLI, of either version. */
const withAwsCli = findProgram(["aws"], process.env) === undefined ? describe.skip : describe;

const newcomer = new Newcomer("e2e-adopt", {
  WAVE: "canary",
  ACCOUNT: "canary-1",
  TOPIC_ARN: () => inMail(/--topic-arn (\S+)/),
  TOKEN: () => inMail(/--token (\S+)/),
});

/** What the last command, which showed the mail, has of it. */
function inMail(pattern: RegExp): string {
  return pattern.exec(newcomer.shown)?.[1] ?? "missing";
}

/** The blocks of one section, with those that follow each. */
interface Section {
  readonly title: string;
  readonly blocks: readonly { readonly block: CodeBlock; readonly next: CodeBlock | undefined }[];
}

function sectionsOf(document: string): Section[] {
  const blocks = codeBlocks(readFileSync(path.join(PROJECT, document), "utf8"));
  const steps = blocks.map((block, index) => ({ block, next: blocks[index + 1] }));
  return [...new Set(blocks.map(({ section }) => section))].map((section) => ({
    title: `${document}: ${section}`,
    blocks: steps.filter(({ block }) => block.section === section),
  }));
}

const sections = DOCUMENTS.filter((document) => existsSync(path.join(PROJECT, document))).flatMap(sectionsOf);

withAwsCli("a newcomer who types what the documents say", () => {
  let reached = 0;

  afterAll(() => newcomer.stop());

  test.each(sections.map((section, index) => ({ ...section, index })))(
    "comes through $title",
    async ({ blocks, index }) => {
      if (reached < index) {
        throw new Error("A section before has failed: this one was not tried.");
      }
      for (const { block, next } of blocks) {
        expect(await newcomer.follow(block, next)).toEqual([]);
      }
      reached = index + 1;
    },
    SECTION_MS,
  );

  // WRITE_PICTURES=1 npm run e2e -- __tests__/e2e/adopt.test.ts
  const chromium = process.env["WRITE_PICTURES"] === "1" ? findChromium(process.env) : undefined;
  const testPictures = chromium === undefined ? test.skip : test;
  testPictures("has the pictures of the README in docs/pictures", async () => {
    const rollout = /┌[^┌]*└.*$/m.exec(newcomer.lastLike(/canary.*\d+ added/))?.[0] ?? "";
    const mail = newcomer.lastLike(/^Subject: .*intruder/m).split(/^={78}$/m);
    const alert = mail.find((letter) => /^Subject: .*intruder/m.test(letter)) ?? "";

    expect([rollout, alert]).not.toContain("");
    await writePictures(chromium ?? "", "rollout", "npm run quarantine -- rollout", rollout);
    // What follows the client's name is about the machine that typed.
    const shown = alert.trim().replace(/^(User agent: +\S+) .*$/m, "$1 ...");
    await writePictures(chromium ?? "", "alert", "Mail of the account's topic", shown);
  });
});
