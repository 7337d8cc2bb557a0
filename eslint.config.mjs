import { importX, createNodeResolver } from "eslint-plugin-import-x";
import jest from "eslint-plugin-jest";
import globals from "globals";
import tseslint from "typescript-eslint";
import { layerZones } from "./eslint.layers.mjs";

const BARREL =
  "Import a resource from its own module (@cdktf/provider-aws/lib/NAME): the barrel costs 10 s and 1 GB.";

/** What would make it harder to swap CDKTF for its fork, where only names change: docs/adr/0012-cdktn.md. */
const INSIDE_CDKTF = [
  {
    regex: "^(cdktf|constructs)/",
    message: "Import from the package itself, so that it can be swapped: docs/adr/0012-cdktn.md.",
  },
  {
    regex: "^@cdktf/provider-aws/lib/[^/]+/",
    message: "Import a resource from its own module (@cdktf/provider-aws/lib/NAME).",
  },
  {
    regex: "^(cdktf-cli|@cdktf/(?!provider-aws(/|$)))",
    message: "These packages are not replaced name by name: docs/adr/0012-cdktn.md.",
  },
];

/** @param patterns What may not be imported beside the barrels, with the reasons. */
function restrictedImports(patterns) {
  const paths = ["@cdktf/provider-aws", "@cdktf/provider-aws/lib"].map((name) => ({ name, message: BARREL }));
  return ["error", { paths, patterns }];
}

export default tseslint.config(
  { ignores: ["node_modules/", "dist/", "cdktf.out/", ".lab/", ".rollout/"] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    plugins: { "import-x": importX },
    settings: {
      "import-x/resolver-next": [createNodeResolver({ extensions: [".ts", ".mjs", ".js", ".json"] })],
    },
    languageOptions: {
      globals: globals.node,
      parserOptions: {
        projectService: { allowDefaultProject: ["*.mjs"] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      curly: "error",
      eqeqeq: "error",
      "no-console": "error",
      // Code is formatted by prettier; comments are not.
      "max-len": ["error", { code: 1_000, comments: 110, ignoreUrls: true, ignorePattern: "eslint-disable" }],
      "@typescript-eslint/no-shadow": ["error", { builtinGlobals: true, ignoreTypeValueShadow: false }],
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "import-x/order": [
        "error",
        {
          groups: ["builtin", "external", "parent", "sibling", "index"],
          alphabetize: { order: "asc", caseInsensitive: true },
          "newlines-between": "never",
        },
      ],
      "import-x/no-duplicates": ["error", { "prefer-inline": true }],
      "import-x/no-cycle": "error",
      "import-x/no-restricted-paths": ["error", { zones: layerZones() }],
      "no-restricted-imports": restrictedImports([
        {
          regex: "^(cdktf|constructs|@cdktf/.*)$",
          message: "Only stacks/ knows CDKTF, so that it can be swapped: docs/adr/0012-cdktn.md.",
        },
        ...INSIDE_CDKTF,
      ]),
      "no-restricted-syntax": [
        "error",
        {
          selector: ":matches(PropertyDefinition, MethodDefinition) > PrivateIdentifier",
          message: "Write `private`, as everywhere else.",
        },
        {
          selector:
            "ImportDeclaration[source.value=/^(node:)?(path|os|http|https)$/] > ImportNamespaceSpecifier",
          message: 'Write `import path from "node:path"`, as everywhere else.',
        },
        {
          selector: "ImportDeclaration[source.value=/^(node:)?path$/] > ImportSpecifier",
          message: 'Write `import path from "node:path"`, as everywhere else.',
        },
      ],
    },
  },
  {
    files: ["stacks/**", "__tests__/**", "bench/baselines/**"],
    rules: { "no-restricted-imports": restrictedImports(INSIDE_CDKTF) },
  },
  {
    files: ["__tests__/**"],
    ...jest.configs["flat/recommended"],
  },
  {
    files: ["__tests__/**"],
    languageOptions: { globals: globals.jest },
    rules: {
      // jest's asymmetric matchers are typed any.
      "@typescript-eslint/no-unsafe-assignment": "off",
      // Cases of one long run lie in files of their own, and properties assert what their case allows.
      "jest/no-export": "off",
      "jest/no-conditional-expect": "off",
      "jest/no-standalone-expect": "off",
      "jest/consistent-test-it": ["error", { fn: "test", withinDescribe: "test" }],
    },
  },
  { files: ["**/*.mjs"], ...tseslint.configs.disableTypeChecked },
);
