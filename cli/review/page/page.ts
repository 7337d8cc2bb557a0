import { createHash } from "node:crypto";
import path from "node:path";
import { buildSync } from "esbuild";
import { isInOrder } from "../in-order";
import type { Review } from "../review";
import { accountDetail } from "./account-detail";
import { accountTable } from "./account-table";
import { columnsOf } from "./columns";
import { element, type Children, type PageElement } from "./element";
import { filterForm } from "./filter-form";
import { organizationMap } from "./organization-map";
import { figures, headline, statusCounts } from "./summary";
import { toHtml } from "./to-html";
import { STATUS_ORDER, STATUSES, statusBadge, timeNode } from "./wording";

/**
 * A review as one HTML page that needs nothing else: style, script and data are in it, and its policy allows
 * no request. Without scripts it is a readable document; the script adds filters, sorting and details. The
 * same review gives the same bytes.
 */
export function reviewHtml(review: Review): string {
  const { script, style } = buildAssets();
  const columns = columnsOf(review);
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    toHtml(element("meta", { "http-equiv": "Content-Security-Policy", content: policy(script, style) })),
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    toHtml(element("title", {}, `${headline(review)} ${TITLE} of ${review.organizationId}`)),
    `<style>${style}</style>`,
    "</head>",
    "<body>",
    ...[header(review), main(review, columns)].map(toHtml),
    `<script type="application/json" id="review">${dataOf(review)}</script>`,
    `<script>${script}</script>`,
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

const TITLE = "Quarantine review";

/**
 * No source for anything but the script and the style of the page, by their hashes. Trusted Types keep the
 * script from making markup of text.
 */
function policy(script: string, style: string): string {
  return [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

/** JSON that cannot end the script element it stands in, nor a line of JavaScript. */
function dataOf(review: Review): string {
  return JSON.stringify(review)
    .replaceAll("<", "\\u003c")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
}

interface Assets {
  readonly script: string;
  readonly style: string;
}

/**
 * Script and style of the page, made from their sources.
 *
 * @throws When the sources do not compile; esbuild's message names the place.
 */
function buildAssets(): Assets {
  const { outputFiles } = buildSync({
    absWorkingDir: __dirname,
    entryPoints: ["browser/main.ts", "page.css"],
    outdir: "out",
    bundle: true,
    write: false,
    minify: true,
    platform: "browser",
    format: "iife",
    // Where the checkout lies must not matter.
    tsconfigRaw: {},
    charset: "utf8",
    legalComments: "none",
    logLevel: "silent",
  });
  const textOf = (extension: string) =>
    outputFiles.find((file) => path.extname(file.path) === extension)?.text.trim() ?? "";
  return { script: textOf(".js"), style: textOf(".css") };
}

function header({ organizationId, reviewedAt, version, backend, asked }: Review): PageElement {
  const sources = [
    { name: "Terraform's states", isAsked: true, option: "" },
    { name: "AWS Organizations", isAsked: asked.organization, option: "--organization" },
    { name: "drift", isAsked: asked.drift, option: "--drift" },
    { name: "quarantined users and drills", isAsked: asked.live, option: "--live" },
  ];
  const asks = sources.filter(({ isAsked }) => isAsked).map(({ name }) => name);
  const leftOut = sources.filter(({ isAsked }) => !isAsked).map(({ name, option }) => `${name} (${option})`);
  const facts: (readonly [string, Children])[] = [
    ["Organization", element("code", {}, organizationId)],
    ["Reviewed", timeNode(reviewedAt, "minute")],
    ["By version", version],
    ["States", BACKENDS[backend]],
    ["Asked", asks.join(", ")],
    ...(leftOut.length === 0 ? [] : [["Not asked", leftOut.join(", ")] as const]),
  ];
  return element(
    "header",
    {},
    element("a", { href: "#accounts", class: "skip" }, "Skip to the accounts"),
    element("h1", {}, TITLE),
    element("button", { id: "theme", type: "button", hidden: true }, "Dark"),
    element(
      "dl",
      { class: "facts" },
      facts.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))),
    ),
  );
}

const BACKENDS: Readonly<Record<Review["backend"], string>> = {
  local: "local files",
  s3: "S3",
  cloud: "HCP Terraform",
};

function main(review: Review, columns: ReturnType<typeof columnsOf>): PageElement {
  return element(
    "main",
    {},
    element(
      "section",
      { "aria-labelledby": "result" },
      element("h2", { id: "result" }, headline(review)),
      statusCounts(review),
      figures(review),
    ),
    element(
      "section",
      { "aria-labelledby": "organization", class: "picture" },
      element("h2", { id: "organization" }, "Organization"),
      // Screen readers hear the same from the cell.
      element("p", { id: "map-readout", "aria-hidden": "true" }),
      meanings(),
      organizationMap(review),
    ),
    element(
      "section",
      { "aria-labelledby": "accounts" },
      element("h2", { id: "accounts", tabindex: -1 }, "Accounts"),
      filterForm(review),
      element("div", { class: "scroller" }, accountTable(review, columns)),
      element("button", { id: "more", type: "button", hidden: true }),
    ),
    noScript(review),
  );
}

function meanings(): PageElement {
  return element(
    "details",
    { class: "meanings" },
    element("summary", {}, "What the states mean"),
    element(
      "dl",
      {},
      STATUS_ORDER.map((status) =>
        element(
          "div",
          {},
          element("dt", {}, statusBadge(status)),
          element("dd", {}, STATUSES[status].meaning),
        ),
      ),
    ),
  );
}

/** Where no script adds the details, those of every account that is not as configured. */
function noScript({ accounts }: Review): PageElement | undefined {
  const wrong = accounts.filter(({ status }) => !isInOrder(status));
  if (wrong.length === 0) {
    return undefined;
  }
  const section = element(
    "section",
    { class: "details", "aria-labelledby": "details" },
    element("h2", { id: "details" }, "Details of what is not as configured"),
    wrong.map((account) =>
      element(
        "article",
        {},
        element("h3", {}, `${account.name} (${account.id})`),
        account.problems.map((problem) => element("p", {}, problem)),
        accountDetail(account, "h4"),
      ),
    ),
  );
  return element("noscript", {}, section);
}
