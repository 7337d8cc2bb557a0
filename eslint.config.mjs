import tseslint from "typescript-eslint";

const BARREL =
  "Import a resource from its own module (@cdktf/provider-aws/lib/NAME): the barrel costs 10 s and 1 GB.";

/** Bans imports, beside those that are banned everywhere: a rule that is set again replaces the one before. */
const banImports = (...folders) => [
  "error",
  {
    paths: ["@cdktf/provider-aws", "@cdktf/provider-aws/lib"].map((name) => ({ name, message: BARREL })),
    patterns: [
      { group: ["cdktf/lib/*"], message: "Import from 'cdktf' itself, so that the package can be swapped." },
      ...(folders.length > 0
        ? [
            {
              group: folders.map((folder) => `**/${folder}/**`),
              message: "Imports point one way: see the layout in the README.",
            },
          ]
        : []),
    ],
  },
];

export default tseslint.config(
  { ignores: ["node_modules/", "dist/", "cdktf.out/", ".lab/", ".rollout/"] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ["*.mjs"] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      eqeqeq: "error",
      "no-console": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "no-restricted-imports": banImports(),
    },
  },
  // jest's asymmetric matchers are typed any.
  { files: ["__tests__/**"], rules: { "@typescript-eslint/no-unsafe-assignment": "off" } },
  { files: ["**/*.mjs"], ...tseslint.configs.disableTypeChecked },
  {
    files: ["functions/**"],
    rules: { "no-restricted-imports": banImports("stacks", "lab", "build", "cli") },
  },
  { files: ["stacks/**"], rules: { "no-restricted-imports": banImports("lab", "build", "cli") } },
  { files: ["cli/**"], rules: { "no-restricted-imports": banImports("lab", "bench") } },
  { files: ["lab/**"], rules: { "no-restricted-imports": banImports("cli", "bench") } },
);
