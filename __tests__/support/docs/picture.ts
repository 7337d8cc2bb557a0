import { chromium } from "playwright-core";

/** Colours of a picture; a reader sees the one of their own scheme. */
const SCHEMES = {
  light: { page: "#ffffff", paper: "#f6f8fa", ink: "#1f2328", dim: "#59636e", line: "#d1d9e0" },
  dark: { page: "#0d1117", paper: "#151b23", ink: "#f0f6fc", dim: "#9198a1", line: "#3d444d" },
} as const;

const WIDTH = 1_000;

/**
 * Takes pictures of what a person saw in a terminal or in their mail: `docs/pictures/NAME-light.png` and
 * `NAME-dark.png`.
 *
 * @param title What stands on top of the window.
 */
export async function writePictures(
  executablePath: string,
  name: string,
  title: string,
  text: string,
): Promise<void> {
  const browser = await chromium.launch({ executablePath });
  try {
    for (const [scheme, colors] of Object.entries(SCHEMES)) {
      const page = await browser.newPage({ viewport: { width: WIDTH, height: 100 } });
      await page.setContent(html(title, text, colors));
      await page.screenshot({ path: `docs/pictures/${name}-${scheme}.png`, fullPage: true });
      await page.close();
    }
  } finally {
    await browser.close();
  }
}

function html(title: string, text: string, colors: (typeof SCHEMES)["light" | "dark"]): string {
  return `<!doctype html><meta charset="utf-8"><style>
    body { margin: 0; padding: 12px; background: ${colors.page}; color: ${colors.ink} }
    figure { margin: 0; border: 1px solid ${colors.line}; border-radius: 8px; background: ${colors.paper} }
    figcaption { padding: 8px 16px; border-bottom: 1px solid ${colors.line}; color: ${colors.dim};
      font: 13px system-ui, sans-serif }
    pre { margin: 0; padding: 14px 16px; font: 13px/1.45 "DejaVu Sans Mono", ui-monospace, monospace;
      white-space: pre-wrap; overflow-wrap: anywhere }
  </style><figure><figcaption>${escapeHtml(title)}</figcaption><pre>${escapeHtml(text)}</pre></figure>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
