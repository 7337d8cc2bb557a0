import { createHash } from "node:crypto";
import { XMLParser } from "fast-xml-parser";
import { reviewHtml } from "../../../../cli/review/page/page";
import { reviewSchema, type Review } from "../../../../cli/review/review";
import { fullReview, knownAccount, madeUpReview } from "../../../support/cli/made-up-review";

/** What somebody who may name an account, a unit or a user could write there. */
const HOSTILE = `"'><img src=https://example.com/x onerror=alert(1)></td></script><!--<script>\u202Egnp.exe\u2028\u0007`;
/** The same as it may stand in the page's text. */
const ESCAPED =
  "&quot;&#39;&gt;&lt;img src=https://example.com/x onerror=alert(1)&gt;&lt;/td&gt;&lt;/script&gt;&lt;!--&lt;script&gt;\uFFFDgnp.exe\uFFFD\uFFFD";

/** A review in which everything that comes from AWS, or from files, is hostile. */
function hostileReview(): Review {
  const difference = { address: HOSTILE, attribute: HOSTILE, expected: HOSTILE, found: HOSTILE };
  const account = knownAccount({
    id: HOSTILE,
    name: HOSTILE,
    unit: HOSTILE,
    wave: HOSTILE,
    trust: HOSTILE,
    status: "differs",
    problems: [HOSTILE],
    deployed: {
      version: HOSTILE,
      mode: "observe",
      functions: [{ name: HOSTILE, sha256: HOSTILE, isCurrent: false }],
      resources: 1,
      serial: 1,
      appliedAt: HOSTILE,
    },
    differences: [difference],
    drift: [difference],
    live: {
      users: [{ userName: HOSTILE, status: HOSTILE, since: HOSTILE, gap: [HOSTILE] }],
      lastDrill: { at: HOSTILE, isPassed: false, containedSeconds: null, deniedSeconds: null },
      problems: [HOSTILE],
    },
  });
  return fullReview([account], {
    reviewedAt: HOSTILE,
    version: HOSTILE,
    organizationId: HOSTILE,
    waves: [HOSTILE],
  });
}

/** Content of an element that the page has once, or of the one with that attribute. */
function contentOf(html: string, tag: string, attribute = ""): string {
  const start = html.indexOf(`<${tag}${attribute}>`);
  return html.slice(start + `<${tag}${attribute}>`.length, html.indexOf(`</${tag}>`, start));
}

const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

const DATA = ' type="application/json" id="review"';

describe("the page of a review", () => {
  test("has the same bytes each time", () => {
    expect(reviewHtml(madeUpReview(30))).toBe(reviewHtml(madeUpReview(30)));
  });

  test("allows its own script and style, and nothing else", () => {
    const html = reviewHtml(madeUpReview(10));
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? "";
    expect(policy.replaceAll("&#39;", "'").split("; ")).toEqual([
      "default-src 'none'",
      `script-src ${hashOf(contentOf(html, "script"))}`,
      `style-src ${hashOf(contentOf(html, "style"))}`,
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
  });

  test("names no address outside it", () => {
    const html = reviewHtml(madeUpReview(10));
    const addresses = [...html.matchAll(/\s(?:href|src|srcset|action|data|poster)="([^"]*)"/g)];
    expect(addresses.length).toBeGreaterThan(10);
    expect(addresses.filter(([, address]) => !address?.startsWith("#"))).toEqual([]);
    expect(html).not.toMatch(/https?:|@import|url\(/);
  });

  test("has the whole review as JSON", () => {
    const review = reviewSchema.parse(madeUpReview(10));
    expect(JSON.parse(contentOf(reviewHtml(review), "script", DATA))).toEqual(review);
  });

  test("writes hostile text as text", () => {
    const html = reviewHtml(hostileReview());
    const visible = html.slice(html.indexOf("<body>")).replace(contentOf(html, "script", DATA), "");
    expect(visible).toContain(ESCAPED);
    expect(visible).not.toContain("<img");
    expect(visible).not.toContain("<!--");
    expect(visible).not.toMatch(/[\u202E\u2028\u0007]/);
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html.match(/<\/script/g)).toHaveLength(2);
  });

  test("keeps hostile text in its JSON as it came", () => {
    const data = contentOf(reviewHtml(hostileReview()), "script", DATA);
    expect(data).not.toMatch(/[<\u2028]/);
    expect((JSON.parse(data) as Review).accounts[0]?.name).toBe(HOSTILE);
  });

  test("is well-formed", () => {
    const html = reviewHtml(hostileReview());
    const body = html.slice(html.indexOf("<body>"), html.indexOf(`<script${DATA}`));
    const closed = body.replace(/<(input|br|meta)([^>]*)>/g, "<$1$2/>");
    const parser = new XMLParser({ allowBooleanAttributes: true });
    expect(() => void parser.parse(`${closed}</body>`, true)).not.toThrow();
  });

  test.each([
    [madeUpReview(61), "6 of 61 accounts are not as configured."],
    [
      fullReview([knownAccount(), knownAccount({ status: "drifted" })]),
      "1 of 2 accounts is not as configured.",
    ],
    [fullReview([knownAccount(), knownAccount()]), "All 2 accounts are as configured."],
    [fullReview([knownAccount()]), "1 account is as configured."],
    [fullReview([]), "No account was reviewed."],
  ])("says first what it found (%#)", (review, text) => {
    expect(reviewHtml(review)).toContain(`<h2 id="result">${text}</h2>`);
  });
});

/** What the page says below a name of its numbers: the value, and the note below it. */
function figure(review: Review, name: string): string {
  const html = reviewHtml(review);
  const start = html.indexOf(`<dt>${name}</dt>`);
  return html
    .slice(start, html.indexOf("</div>", start))
    .replace(/<\/dd>/g, " | ")
    .replace(/<[^>]*>/g, "");
}

describe("the numbers of the page", () => {
  const uncovered = knownAccount({
    id: "1".repeat(12),
    kind: "uncovered",
    mode: null,
    status: "uncovered",
  });
  const oldCode = knownAccount({
    deployed: {
      version: "0.2.0",
      mode: "observe",
      functions: [{ name: "security-response", sha256: "", isCurrent: false }],
      resources: 60,
      serial: 3,
      appliedAt: null,
    },
    guard: "not-attached",
    mode: "observe",
    status: "differs",
  });
  const review = fullReview([knownAccount(), uncovered, oldCode]);

  test.each([
    ["Accounts covered", "2 of 3 | 1 not in rollout.yaml | "],
    ["Current code", "2 of 3 | 1 with old code | "],
    ["Mode enforce", "1 of 2 | 1 observe, 0 off | "],
    ["Guard attached", "2 of 3 | 1 not attached | "],
    ["Drifted", "0 | accounts where AWS differs from the state | "],
    ["Quarantined users", "0 | no gap, 0 released | "],
    ["Drills passed", "3 of 3 | slowest contained after 2.7 s | "],
  ])("%s", (name, text) => {
    expect(figure(review, name)).toBe(name + text);
  });

  test.each([
    ["Accounts covered", "1 | in rollout.yaml; AWS Organizations not asked (--organization) | "],
    ["Drifted", "not asked (--drift) | "],
    ["Quarantined users", "not asked (--live) | "],
    ["Drills passed", "not asked (--live) | "],
  ])("%s, when it was not asked", (name, text) => {
    const asked = { organization: false, drift: false, live: false };
    const account = knownAccount({ drift: null, live: null, guard: "off" });
    expect(figure(fullReview([account], { asked }), name)).toBe(name + text);
  });
});
