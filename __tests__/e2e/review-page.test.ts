import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { reviewHtml } from "../../cli/review/page/page";
import { ACCOUNT_STATUSES } from "../../cli/review/review";
import { findChromium } from "../support/chromium";
import { fullReview, knownAccount, madeUpReview } from "../support/cli/made-up-review";

const executablePath = findChromium(process.env);
if (executablePath === undefined) {
  process.stderr.write(
    "review-page: skipped, there is no Chromium on the PATH (apt-get install chromium, or set CHROMIUM_PATH).\n",
  );
}
const describeInBrowser = executablePath === undefined ? describe.skip : describe;

const WIDTH = 1280;
/** From a keystroke to its paint. About 60 ms on an idle machine; tests run beside others on busy ones. */
const MOST_MS_TO_PAINT = 1_000;

const folder = mkdtempSync(path.join(os.tmpdir(), "review-page-"));
let browser: Browser;
const problems: string[] = [];

beforeAll(async () => {
  if (executablePath !== undefined) {
    browser = await chromium.launch({ executablePath });
  }
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  problems.length = 0;
});
afterEach(() => expect(problems).toEqual([]));

/**
 * Opens a page of its own. Every request beside the file itself, error, and message on the console is a
 * problem that fails the test.
 */
async function open(html: string, options: BrowserContextOptions = {}, hash = ""): Promise<Page> {
  const file = path.join(folder, "review.html");
  writeFileSync(file, html);
  const url = pathToFileURL(file).href;
  const context = await browser.newContext({ viewport: { width: WIDTH, height: 900 }, ...options });
  const page = await context.newPage();
  page.on("request", (request) => {
    if (request.url().split("#")[0] !== url) {
      problems.push(`request: ${request.url()}`);
    }
  });
  page.on("console", (message) => problems.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => problems.push(`error: ${error.message}`));
  await page.goto(url + hash);
  return page;
}

const close = (page: Page) => page.context().close();

const names = (page: Page) => page.locator("#accounts-table > tbody > tr:first-child > th").allTextContents();
const statuses = (page: Page) => page.locator("#accounts-table > tbody td.status").allTextContents();
const toggle = (page: Page, name: string) =>
  page.locator("#accounts-table").getByRole("button", { name, exact: true });
const detail = (page: Page) => page.locator(".detail-row");
const focused = (page: Page) => page.evaluate<string>("document.activeElement.textContent");

const SIXTY = reviewHtml(madeUpReview(61));
const THOUSAND = reviewHtml(madeUpReview(1_000));
const EVERY_STATUS = reviewHtml(
  fullReview(
    ACCOUNT_STATUSES.map(
      (status) =>
        madeUpReview(1_000).accounts.find((account) => account.status === status) ??
        knownAccount({ name: `one-${status}`, status }),
    ),
  ),
);

describeInBrowser("the page of a review in Chromium", () => {
  test("finds accounts by text, status, mode and wave, and says how many", async () => {
    const page = await open(SIXTY);
    const count = page.getByRole("status");
    expect(await count.textContent()).toBe("61 accounts");

    await page.getByLabel("Find").fill("PROD- pay");
    expect(await names(page)).toEqual(["payments-prod-2"]);
    expect(await count.textContent()).toBe("1 of 61 accounts");

    await page.getByLabel("Find").fill("access key");
    expect(await names(page)).toEqual([]);
    await page.getByLabel("Find").fill("build-agent");
    expect(await names(page)).toEqual(["data-prod"]);

    await page.getByRole("button", { name: "Clear" }).click();
    expect(await count.textContent()).toBe("61 accounts");

    await page.getByLabel("Status").selectOption("not-as-configured");
    expect(new Set(await statuses(page))).toEqual(
      new Set(["uncovered", "unreadable", "differs", "drifted", "unhealthy"]),
    );
    await page.getByLabel("Mode").selectOption("observe");
    expect(await count.textContent()).toBe("0 of 61 accounts");
    await page.getByLabel("Status").selectOption("");
    await page.getByLabel("Wave").selectOption("canary");
    expect(await names(page)).toEqual(["payments-sandbox"]);
    await close(page);
  });

  test("filters by a status of the numbers at its top", async () => {
    const page = await open(SIXTY);
    await page.getByRole("link", { name: "differs 2" }).click();
    expect(await names(page)).toEqual(["catalog-sandbox", "media-test"]);
    await close(page);
  });

  test("sorts by each column, both ways, with what is unknown last", async () => {
    const page = await open(SIXTY);
    const header = (name: string) => page.getByRole("columnheader", { name });
    expect(await header("Status").getAttribute("aria-sort")).toBe("ascending");

    await header("Account").getByRole("button").click();
    expect(await header("Account").getAttribute("aria-sort")).toBe("ascending");
    expect(await header("Status").getAttribute("aria-sort")).toBeNull();
    expect((await names(page)).slice(0, 2)).toEqual(["acquired-webshop", "billing-dev"]);

    await header("Account").getByRole("button").click();
    expect(await header("Account").getAttribute("aria-sort")).toBe("descending");
    expect((await names(page))[0]).toBe("shipping-test");

    await header("Applied").getByRole("button").click();
    expect((await names(page))[0]).toBe("media-test");
    await page.getByLabel("Status").selectOption("not-as-configured");
    const unknown = ["acquired-webshop", "research-staging"];
    expect((await names(page)).slice(-2).sort()).toEqual(unknown);
    await header("Applied").getByRole("button").click();
    expect((await names(page)).slice(-2).sort()).toEqual(unknown);
    await close(page);
  });

  test("opens an account's detail, which stays with it, and closes it", async () => {
    const page = await open(SIXTY);
    await toggle(page, "media-test").click();
    expect(await toggle(page, "media-test").getAttribute("aria-expanded")).toBe("true");
    const text = await detail(page).innerText();
    for (const part of ["QUARANTINE_VERSION", "0.2.0", "not what this checkout builds", "contained after"]) {
      expect(text).toContain(part);
    }
    await page.getByRole("columnheader", { name: "Id" }).getByRole("button").click();
    expect(
      await page
        .locator("tbody", { has: detail(page) })
        .locator("th.account")
        .textContent(),
    ).toBe("media-test");
    await toggle(page, "media-test").click();
    expect(await detail(page).count()).toBe(0);
    await close(page);
  });

  test("goes from a cell of the picture to the account, also to one that is filtered out", async () => {
    const page = await open(SIXTY);
    await page.getByLabel("Find").fill("nothing has this name");
    await page.getByRole("link", { name: "shipping-dev: drifted" }).click();
    expect(await toggle(page, "shipping-dev").getAttribute("aria-expanded")).toBe("true");
    expect(await focused(page)).toBe("shipping-dev");
    expect(await detail(page).innerText()).toContain("DISABLED");
    await close(page);
  });

  test("opens the account that its address ends with", async () => {
    const account = knownAccount({ id: "123456789012", name: "by-address" });
    const page = await open(reviewHtml(fullReview([knownAccount(), account])), {}, "#account-123456789012");
    expect(await toggle(page, "by-address").getAttribute("aria-expanded")).toBe("true");
    await close(page);
  });

  test("is usable by the keyboard alone", async () => {
    const page = await open(SIXTY);
    const press = (key: string) => page.keyboard.press(key);
    await press("Tab");
    expect(await focused(page)).toBe("Skip to the accounts");
    await page.locator("#map a").first().focus();
    await press("ArrowDown");
    await press("ArrowRight");
    expect(await focused(page)).toBe("payments-test");
    expect(await page.locator("#map-readout").textContent()).toBe("payments-test: as configured");
    await press("ArrowUp");
    expect(await focused(page)).toBe("security");
    await press("End");
    expect(await focused(page)).toBe("acquired-webshop");
    // The map is one stop: after it come the filters.
    await press("Tab");
    await page.keyboard.type("payments-prod");
    expect(await names(page)).toEqual(["payments-prod", "payments-prod-2"]);
    for (let stop = 0; stop < 4 + 10; stop += 1) {
      await press("Tab");
    }
    await press("Tab");
    expect(await focused(page)).toBe("payments-prod");
    expect(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).toBe("solid");
    await press("Space");
    expect(await toggle(page, "payments-prod").getAttribute("aria-expanded")).toBe("true");
    // Nothing holds the focus: it leaves the page at its end.
    await press("Tab");
    await press("Tab");
    expect(await focused(page)).not.toBe("payments-prod-2");
    await close(page);
  });

  test.each(["light", "dark"] as const)(
    "has no violation that axe finds, in the %s theme",
    async (colorScheme) => {
      const page = await open(EVERY_STATUS, { colorScheme });
      for (const button of await page.locator("tbody .toggle").all()) {
        await button.click();
      }
      await page.getByText("What the states mean").click();
      await page.evaluate(readFileSync(createRequire(__filename).resolve("axe-core/axe.min.js"), "utf8"));
      const { violations, passes } = await page.evaluate<AxeResults>("axe.run()");
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      expect(passes.map(({ id }) => id)).toEqual(expect.arrayContaining(["color-contrast", "heading-order"]));
      await close(page);
    },
  );

  test("follows the system's theme until its button is pressed", async () => {
    const page = await open(SIXTY, { colorScheme: "dark" });
    const background = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
    const dark = await background();
    await page.getByRole("button", { name: "Light theme" }).click();
    const light = await background();
    expect(light).not.toBe(dark);
    await page.emulateMedia({ colorScheme: "light" });
    expect(await background()).toBe(light);
    await page.getByRole("button", { name: "Dark theme" }).click();
    expect(await background()).toBe(dark);
    await close(page);
  });

  test("prints every account that matches, with the details of what is not as configured, and no controls", async () => {
    const page = await open(THOUSAND, { colorScheme: "dark" });
    await page.getByLabel("Wave").selectOption("canary");
    await page.locator("tbody .toggle").nth(11).click();
    await page.evaluate(`addEventListener("beforeprint", () => {
      window.printed = [document.querySelectorAll("#accounts-table > tbody").length, document.querySelectorAll(".detail-row").length];
    })`);
    await page.pdf();
    // 11 of the 80 accounts of the wave, and the one that was open.
    expect(await page.evaluate("window.printed")).toEqual([80, 12]);
    expect(await detail(page).count()).toBe(1);
    await page.emulateMedia({ media: "print" });
    for (const control of ["#filters", "#theme", "#more", ".skip"]) {
      expect(await page.locator(control).isVisible()).toBe(false);
    }
    expect(await page.evaluate("getComputedStyle(document.body).color")).toBe("rgb(24, 32, 43)");
    await close(page);
  });

  test("is a readable table without scripts", async () => {
    const page = await open(THOUSAND, { javaScriptEnabled: false });
    expect(await names(page)).toHaveLength(1_000);
    expect(await page.locator("#accounts-table > tbody").last().isVisible()).toBe(true);
    expect(await page.getByRole("button").count()).toBe(0);
    expect(await page.getByRole("search").count()).toBe(0);
    await page.getByRole("link", { name: "acquired-webshop: uncovered" }).click();
    const details = page.getByRole("heading", { name: "Details of what is not as configured" });
    expect(await details.isVisible()).toBe(true);
    expect(await page.locator("article").count()).toBe(177);
    await close(page);
  });

  test("shows 1,000 accounts by and by, and filters them without delay", async () => {
    const page = await open(THOUSAND);
    expect(await page.locator("#map a").count()).toBe(1_000);
    expect(await names(page)).toHaveLength(50);
    await page.locator("#more").scrollIntoViewIfNeeded();
    await page.locator("#accounts-table > tbody").nth(50).waitFor();

    const slowest = await page.evaluate<number>(`(async () => {
      const input = document.querySelector("input[name=text]");
      let slowest = 0;
      for (const text of ["p", "pr", "pro", "prod", "prod-7", ""]) {
        const start = performance.now();
        input.value = text;
        input.dispatchEvent(new Event("input", { bubbles: true }));
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        slowest = Math.max(slowest, performance.now() - start);
      }
      return slowest;
    })()`);
    expect(slowest).toBeLessThan(MOST_MS_TO_PAINT);

    await page.getByLabel("Find").fill("research-prod-19");
    expect(await names(page)).toEqual(["research-prod-19"]);
    await page.getByRole("link", { name: "management: as configured" }).click();
    expect(await focused(page)).toBe("management");
    await close(page);
  });

  test("shows hostile names as text", async () => {
    const name = "</script><script>alert(1)</script><img src=https://example.com/x onerror=alert(1)>\u202E";
    const user = { userName: name, status: name, since: name, gap: [name] };
    const account = knownAccount({
      name,
      unit: name,
      status: "unhealthy",
      problems: [name],
      live: { users: [user], lastDrill: null, problems: [name] },
    });
    const page = await open(reviewHtml(fullReview([account])));
    const visible = name.replace("\u202E", "\uFFFD");
    await toggle(page, visible).click();
    expect((await detail(page).innerText()).split(visible).length - 1).toBe(6);
    expect(await page.locator("img").count()).toBe(0);
    await close(page);
  });

  test("runs nothing but its own script, and asks nobody", async () => {
    let requests = 0;
    const server = createServer((_, response) => {
      requests += 1;
      response.end();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const page = await open(SIXTY);
    const refused = await page.evaluate(`(async () => {
      const seen = [];
      addEventListener("securitypolicyviolation", ({ effectiveDirective }) => seen.push(effectiveDirective));
      const attempts = [
        () => { document.createElement("script").textContent = "window.ran = true"; },
        () => { document.body.innerHTML = "<b>text</b>"; },
        () => { new Image().src = "${url}"; },
        () => { document.body.append(Object.assign(document.createElement("iframe"), { src: "${url}" })); },
        () => fetch("${url}"),
      ];
      for (const attempt of attempts) {
        await Promise.resolve().then(attempt).catch(() => undefined);
      }
      // The last of them is reported when the browser comes to it.
      for (const until = Date.now() + 10_000; !seen.includes("frame-src") && Date.now() < until; ) {
        await new Promise((done) => setTimeout(done, 50));
      }
      return seen;
    })()`);
    expect(refused).toEqual(
      expect.arrayContaining(["require-trusted-types-for", "img-src", "frame-src", "connect-src"]),
    );
    expect(requests).toBe(0);
    // The browser says on the console what it refused.
    problems.length = 0;
    await close(page);
    server.close();
  });

  const testPictures = process.env["WRITE_REVIEW_PICTURES"] === "1" ? test : test.skip;
  testPictures("has its pictures in docs/pictures", async () => {
    mkdirSync("docs/pictures", { recursive: true });
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await open(SIXTY, { colorScheme, viewport: { width: WIDTH, height: 1_480 } });
      await page.screenshot({ path: `docs/pictures/review-${colorScheme}.png` });
      await close(page);
    }
  });
});

/** What of axe's results is used. */
interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
  readonly passes: readonly { readonly id: string }[];
}
