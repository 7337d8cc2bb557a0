import tseslint from "typescript-eslint";

const BARREL =
  "Import a resource from its own module (@cdktf/provider-aws/lib/NAME): the barrel costs 10 s and 1 GB.";

export default tseslint.config(
  { ignores: ["node_modules/", "dist/", "cdktf.out/", ".lab/"] },
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
      "no-restricted-imports": [
        "error",
        {
          paths: [
            { name: "@cdktf/provider-aws", message: BARREL },
            { name: "@cdktf/provider-aws/lib", message: BARREL },
          ],
          patterns: [
            {
              group: ["cdktf/lib/*"],
              message: "Import from 'cdktf' itself, so that the package can be swapped.",
            },
          ],
        },
      ],
    },
  },
  // jest's asymmetric matchers are typed any.
  { files: ["__tests__/**"], rules: { "@typescript-eslint/no-unsafe-assignment": "off" } },
  { files: ["**/*.mjs"], ...tseslint.configs.disableTypeChecked },
  {
    files: ["functions/**"],
    rules: { "no-restricted-imports": ["error", { patterns: ["**/stacks/**", "**/lab/**", "**/cli/**"] }] },
  },
  {
    files: ["stacks/**"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          paths: [
            { name: "@cdktf/provider-aws", message: BARREL },
            { name: "@cdktf/provider-aws/lib", message: BARREL },
          ],
          patterns: ["**/lab/**", "**/cli/**", "cdktf/lib/*"],
        },
      ],
    },
  },
);
