/** A module of the SDK whose source is replaced in the packages. */
export interface Replacement {
  /** Path of the module's file below `node_modules`. */
  readonly file: string;
  /**
   * The module's new source, made from the one that npm installed.
   *
   * @throws When the original is not the source that this replacement was written for.
   */
  readonly replaced: (original: string) => string;
}

const EVENT_STREAMS_MISSING = `throw new Error("Event streams are left out of this package: see packaging/replacements.ts");`;

/**
 * Every module of the SDK that is replaced when bundling. The build fails when a function no longer needs one
 * of these modules, so that a new version of the SDK cannot undo a replacement unseen. `__tests__/packaged/`
 * tests that the packages still treat credentials, retries, certificates, Regions and endpoints as the SDK
 * does.
 *
 * Each kind says what the responder takes more without it: its zip has 71,961 bytes, and AttachUserPolicy
 * arrives 171 ms after the start of its process. Times are medians of 30 processes each, in turns, on a
 * machine on which bare Node.js takes 116 ms.
 */
export const REPLACEMENTS: readonly Replacement[] = [
  // Credential providers. Lambda puts a role's credentials into the environment. Profiles, SSO, web
  // identities, processes, containers and EC2 are other places, and each brings clients of its own: 40,260
  // bytes and 34 ms more.
  {
    file: "@aws-sdk/credential-provider-node/dist-es/index.js",
    replaced: by(
      `export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";`,
      "defaultProvider",
    ),
  },

  // Event streams. No operation that the functions call streams events; one that does gets this error.
  // With them: 8,496 bytes and 13 ms more.
  {
    file: "@smithy/core/dist-es/submodules/protocols/HttpProtocol.js",
    replaced: swapped(
      `const { EventStreamSerde, eventStreamSerdeProvider } = await import("@smithy/core/event-streams");`,
      EVENT_STREAMS_MISSING,
    ),
  },
  {
    file: "@smithy/signature-v4/dist-es/HeaderFormatter.js",
    replaced: by(`export class HeaderFormatter { format() { ${EVENT_STREAMS_MISSING} } }`, "HeaderFormatter"),
  },

  // Schemas. Shapes of operations that are not called stay in the bundle, since esbuild cannot see that
  // making them has no effect: here they are marked. Errors are looked up by their codes, as the
  // SDK does with those it does not know; only errors whose names its retries look for keep their classes.
  // With them all: 3,711 bytes and 12 ms more. Security Hub's have 14,804 bytes in the notifier.
  ...["@aws-sdk/client-iam", "@aws-sdk/client-sns", "@aws-sdk/client-securityhub"].map((client) => ({
    file: `${client}/dist-es/schemas/schemas_0.js`,
    replaced: withDroppableShapes,
  })),
];

/** Another source for a module that exports `name`. */
function by(source: string, name: string): Replacement["replaced"] {
  return (original) => {
    if (!original.includes(name)) {
      throw new Error(`expected a module that exports ${name}, got another one`);
    }
    return source;
  };
}

/** The same source but for one statement. */
function swapped(statement: string, other: string): Replacement["replaced"] {
  return (original) => {
    if (!original.includes(statement)) {
      throw new Error(`expected a module with ${statement}, got another one`);
    }
    return original.replace(statement, other);
  };
}

/**
 * Errors by whose names the SDK decides about a retry. Source: `THROTTLING_ERROR_CODES` of its
 * service-error-classification.
 */
const RETRIED_BY_NAME = ["LimitExceededException", "ThrottledException"];

const SHAPE = /^((?:export )?var \w+\$? = )(\[[^]*?\n?\]);$/gm;
const REGISTRATION = /^n0_registry\.registerError\(\w+\$, (\w+)\);\n/gm;

function withDroppableShapes(original: string): string {
  for (const [part, pattern] of Object.entries({ shapes: SHAPE, errors: REGISTRATION })) {
    if (original.search(pattern) === -1) {
      throw new Error(`expected ${part} as ${pattern.source}, got none`);
    }
  }
  return original
    .replace(SHAPE, "$1/* @__PURE__ */ (() => $2)();")
    .replace(REGISTRATION, (line, error: string) => (RETRIED_BY_NAME.includes(error) ? line : ""));
}
