/** @jest-config-loader esbuild-register */
import type { Config } from "jest";

// The SDK warns in every worker that later versions drop Node.js 20; ours is pinned.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

const COMMON = {
  testEnvironment: "node",
  modulePathIgnorePatterns: ["<rootDir>/(dist|cdktf.out|.lab)/"],
  transform: {
    "\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }],
  },
} satisfies Config;

// Terraform and its provider then collect garbage less often: reading the provider's schema takes a quarter
// less processor time, and 50 MB more memory.
process.env["GOGC"] ??= "400";

export default {
  // With nothing open any more, a worker still takes most of a second to free its memory on a busy machine.
  workerGracefulExitTimeout: 10_000,
  projects: [
    {
      ...COMMON,
      displayName: "unit",
      testMatch: ["<rootDir>/__tests__/**/*.test.ts"],
      testPathIgnorePatterns: ["/node_modules/", "<rootDir>/__tests__/(e2e|packaged|packaging|cli/main\\.)"],
    },
    {
      ...COMMON,
      displayName: "e2e",
      // What bundles the functions or starts the command line takes seconds for each test, mostly waiting.
      testMatch: ["e2e/**/*", "packaged/*", "packaging/*", "cli/main"].map(
        (tests) => `<rootDir>/__tests__/${tests}.test.ts`,
      ),
      globalSetup: "<rootDir>/__tests__/e2e/prepare-python.ts",
    },
  ],
} satisfies Config;
