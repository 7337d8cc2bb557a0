/** A module of the SDK that the packages carry otherwise than npm delivers it. */
export interface Replacement {
  /** The file, below `node_modules`. */
  readonly module: string;
  /** What a function of this project does without, and why it can. */
  readonly because: string;
  /**
   * The module's new source, from the old one.
   *
   * @throws When the old source is not what the replacement was written for.
   */
  readonly source: (original: string) => string;
}

const CORE = "@smithy/core/dist-es/submodules";
const AWS_CORE = "@aws-sdk/core/dist-es/submodules";

/**
 * All that is replaced at bundling, and the only place where it is said. The build fails when one of these
 * modules is not met any more, so that a new version of the SDK cannot undo a replacement unseen.
 * `__tests__/packaged/` holds the packages themselves against what must stay as it is: credentials, retries,
 * certificates, Regions and endpoints.
 */
export const REPLACEMENTS: readonly Replacement[] = [
  {
    module: "@aws-sdk/credential-provider-node/dist-es/index.js",
    because:
      "Lambda puts a role's credentials into the environment. Profiles, SSO, web identities, processes, containers and EC2 " +
      "are other places, and each brings clients of its own: a quarter of the package.",
    source: instead(
      `export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";`,
      "defaultProvider",
    ),
  },
  {
    module: `${CORE}/config/node-config-provider/configLoader.js`,
    because:
      "There is no ~/.aws in Lambda: settings come from the environment, else the default holds. The SDK's way there throws " +
      "and catches two errors for each setting that is not set.",
    source: instead(
      `import { memoize } from "../property-provider/memoize";
       export const loadConfig = ({ environmentVariableSelector, default: otherwise }, { signingName, logger } = {}) =>
         memoize(async () => {
           let value;
           try {
             value = environmentVariableSelector(process.env, { signingName, logger });
           } catch {
             // A value that cannot be read counts as none.
           }
           return value ?? (typeof otherwise === "function" ? otherwise() : otherwise);
         });`,
      "loadConfig",
    ),
  },
  {
    module: `${CORE}/config/config-resolver/regionConfig/getInstanceMetadataRegion.js`,
    because:
      "Lambda states the Region in AWS_REGION. EC2's metadata, the last resort of one defaults mode, is not there.",
    source: instead(
      "export const getInstanceMetadataRegion = async () => undefined;",
      "getInstanceMetadataRegion",
    ),
  },
  {
    module: `${CORE}/protocols/HttpProtocol.js`,
    because: "No operation of IAM or SNS streams events. Whoever adds one that does is told here.",
    source: swap(
      `const { EventStreamSerde, eventStreamSerdeProvider } = await import("@smithy/core/event-streams");`,
      `throw new Error("Event streams are left out of this package: see build/replacements.ts");`,
    ),
  },
  {
    module: "@smithy/signature-v4/dist-es/HeaderFormatter.js",
    because: "It signs the headers of event streams, as above. Requests are signed without it.",
    source: instead(
      `export class HeaderFormatter {
         format() { throw new Error("Event streams are left out of this package: see build/replacements.ts"); }
       }`,
      "HeaderFormatter",
    ),
  },
  {
    module: `${CORE}/checksum/sha256/Sha256Js.js`,
    because:
      "The SDK's own SHA-256 is for runtimes without crypto. Node.js has it; were it missing, the first signature would fail.",
    source: instead("export const Sha256Js = undefined;", "Sha256Js"),
  },
  {
    module: `${CORE}/serde/date-utils.js`,
    because: "The SDK carries two readers of the same date formats. One of them is enough.",
    source: instead(
      `export {
         _parseEpochTimestamp as parseEpochTimestamp,
         _parseRfc3339DateTimeWithOffset as parseRfc3339DateTime,
         _parseRfc3339DateTimeWithOffset as parseRfc3339DateTimeWithOffset,
         _parseRfc7231DateTime as parseRfc7231DateTime,
       } from "./schema-serde-lib/schema-date-utils";
       export const dateToUtcString = (date) => date.toUTCString();`,
      "parseRfc7231DateTime",
    ),
  },
  {
    module: `${CORE}/serde/uuid/v4.js`,
    because:
      "Request ids are random UUIDs. Node.js makes them without Web Crypto, which takes a while to load.",
    source: instead(
      `import { randomUUID } from "node:crypto";
       export const bindV4 = () => randomUUID;`,
      "bindV4",
    ),
  },
  {
    module: "@aws/lambda-invoke-store/dist-es/invoke-store.js",
    because:
      "It tells invocations apart that share a process, which Lambda does on managed instances only. Elsewhere the trace id " +
      "is in the environment, where the SDK looks next.",
    source: instead(
      `export const InvokeStore = { getInstanceAsync: async () => globalThis.awslambda?.InvokeStore };
       export class InvokeStoreBase {}`,
      "InvokeStore",
    ),
  },
  {
    module: `${AWS_CORE}/client/emitWarningIfUnsupportedVersion.js`,
    because:
      "It warns on the log of an old Node.js. Lambda's version is set by the stack, with the SDK pinned beside it.",
    source: instead(
      `export const state = { warningEmitted: true };
       export const emitWarningIfUnsupportedVersion = () => {};`,
      "emitWarningIfUnsupportedVersion",
    ),
  },
  {
    module: `${AWS_CORE}/client/middleware-user-agent/check-features.js`,
    because:
      "It counts SDK features in the user agent, for AWS's statistics. The user agent still names SDK, version and runtime.",
    source: instead("export const checkFeatures = async () => {};", "checkFeatures"),
  },
  ...["@aws-sdk/client-iam", "@aws-sdk/client-sns"].flatMap((client) => [
    {
      module: `${client}/package.json`,
      because: "The user agent names the version. The rest of the file is about building the SDK.",
      source: versionOnly,
    },
    {
      module: `${client}/dist-es/runtimeExtensions.js`,
      because: "Extensions change a client's settings as it is made. No client here has any.",
      source: instead(
        `export const resolveRuntimeExtensions = (settings) => settings;`,
        "resolveRuntimeExtensions",
      ),
    },
    {
      module: `${client}/dist-es/schemas/schemas_0.js`,
      because:
        "Shapes of operations that are not called stay in, since the bundler cannot see that making them has no effect: here " +
        "they are marked. Errors are looked up by IAM's and SNS's own codes, as the SDK does with those it does not know; " +
        "only the errors whose names its retries look for keep their classes.",
      source: droppableShapes,
    },
  ]),
];

/**
 * Errors by whose names the SDK decides about a retry. Source: `THROTTLING_ERROR_CODES` of its
 * service-error-classification.
 */
const RETRIED_BY_NAME = ["LimitExceededException", "ThrottledException"];

/** A wholly other source, for a module that exports `name`. */
function instead(source: string, name: string): Replacement["source"] {
  return (original) => {
    if (!original.includes(name)) {
      throw new Error(`expected a module that exports ${name}, got another one`);
    }
    return source;
  };
}

/** The same source but for one statement. */
function swap(statement: string, other: string): Replacement["source"] {
  return (original) => {
    if (!original.includes(statement)) {
      throw new Error(`expected a module with ${statement}, got another one`);
    }
    return original.replace(statement, other);
  };
}

function versionOnly(original: string): string {
  const { version } = JSON.parse(original) as { readonly version?: string };
  if (!version) {
    throw new Error("expected a package.json with a version, got none");
  }
  return JSON.stringify({ version });
}

const SHAPE = /^((?:export )?var \w+\$? = )(\[[^]*?\n?\]);$/gm;
const REGISTRATION = /^n0_registry\.registerError\(\w+\$, (\w+)\);\n/gm;

function droppableShapes(original: string): string {
  for (const [part, pattern] of Object.entries({ shapes: SHAPE, errors: REGISTRATION })) {
    if (original.search(pattern) === -1) {
      throw new Error(`expected ${part} as ${pattern.source}, got none`);
    }
  }
  return original
    .replace(SHAPE, "$1/* @__PURE__ */ (() => $2)();")
    .replace(REGISTRATION, (line, error: string) => (RETRIED_BY_NAME.includes(error) ? line : ""));
}
