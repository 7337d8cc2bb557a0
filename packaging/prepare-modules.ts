import { isBuiltin } from "node:module";
import path from "node:path";
import type { Loader, Plugin } from "esbuild";
import { directImports } from "./direct-imports";
import type { Sources } from "./replace-modules";

const LOADERS: Readonly<Record<string, Loader>> = { ".js": "js", ".json": "json", ".ts": "ts" };

/**
 * What may be needed before the first `import()`: our sources, and not the SDK's clients, which are hundreds
 * of modules.
 */
const EARLY =
  /(\.ts|[\\/]node_modules[\\/](@smithy[\\/][^\\/]+|@aws-sdk[\\/]credential-provider-env)[\\/]dist-es[\\/].*\.js)$/;

/** Lets esbuild see what a function can do without, and what it can do without at first. */
export function prepareModules({ read, replaced }: Sources): Plugin {
  return {
    name: "prepare-modules",
    setup(build) {
      const direct = directImports(build, read);
      build.onLoad({ filter: EARLY }, async ({ path: file }) => {
        const { dir: resolveDir, ext } = path.parse(file);
        return { contents: await direct(read(file), resolveDir), loader: LOADERS[ext], resolveDir };
      });
      build.onLoad({ filter: replaced }, ({ path: file }) => ({
        contents: read(file),
        loader: LOADERS[path.extname(file)],
        resolveDir: path.dirname(file),
      }));
      // Node's own modules do nothing by being loaded, which esbuild cannot know: unused ones would cost a
      // cold start.
      build.onResolve({ filter: /^(node:|[a-z])/ }, ({ path: name }) =>
        isBuiltin(name) ? { path: name, external: true, sideEffects: false } : undefined,
      );
    },
  };
}
