/** Inputs that CloudTrail leaves out, by signing name of the service. */
const SECRET_INPUTS: Readonly<Record<string, ReadonlySet<string>>> = {
  iam: new Set(["Password", "OldPassword", "NewPassword", "PrivateKey"]),
  // Of connections; that CloudTrail leaves all of it out is inferred.
  events: new Set(["AuthParameters"]),
  // The Lambda guide names them: "Logging AWS Lambda API calls using AWS CloudTrail".
  lambda: new Set(["Environment", "ZipFile"]),
  kms: new Set(["EncryptedKeyMaterial", "ImportToken"]),
};
/** Outputs that CloudTrail leaves out. */
const SECRET_OUTPUTS: Readonly<Record<string, ReadonlySet<string>>> = {
  iam: new Set([
    "SecretAccessKey",
    "ServicePassword",
    "ServiceCredentialSecret",
    "Base32StringSeed",
    "QRCodePNG",
  ]),
  lambda: new Set(["Environment"]),
};
const NO_SECRETS: ReadonlySet<string> = new Set();

const BOOLEANS = new Set([
  ...["PasswordResetRequired", "SetAsDefault", "IsDefaultVersion", "IsAttachable"],
  "ActionsEnabled",
]);
const NUMBERS = new Set([
  ...["MaxSessionDuration", "AttachmentCount", "PermissionsBoundaryUsageCount"],
  ...["Period", "EvaluationPeriods", "DatapointsToAlarm", "Threshold"],
]);
const DATES = new Set(["CreateDate", "UpdateDate", "UploadDate"]);

/** Their keys are the caller's words, not names of the API. */
const MAPS = new Set(["attributes", "tags"]);

/** Larger parameters CloudTrail leaves out: 100 KB (CloudTrail guide, "Record contents"). */
const MAX_PARAMETERS = 102_400;

/**
 * The element `requestParameters` of a call: its input in camel case, without passwords, function code and
 * the like; null when empty. In place of what is too large, CloudTrail says so; how is known from records
 * that others have published.
 */
export function requestParameters(
  service: string,
  input: Readonly<Record<string, unknown>>,
): Record<string, unknown> | null {
  const parameters = element(input, SECRET_INPUTS[service] ?? NO_SECRETS);
  const originalSize = Buffer.byteLength(JSON.stringify(parameters));
  return originalSize > MAX_PARAMETERS
    ? { reason: "requestParameters too large", omitted: true, originalSize }
    : parameters;
}

/**
 * The element `responseElements` of a call: its output in camel case, without secrets and with dates as
 * CloudTrail writes them for IAM (`Aug 1, 2024 1:33:28 PM`); null when the call has no output.
 */
export function responseElements(
  service: string,
  output: Readonly<Record<string, unknown>>,
): Record<string, unknown> | null {
  return element(output, SECRET_OUTPUTS[service] ?? NO_SECRETS);
}

function element(
  values: Readonly<Record<string, unknown>>,
  secrets: ReadonlySet<string>,
): Record<string, unknown> | null {
  const entries = Object.entries(values).filter(([name]) => !secrets.has(name));
  if (entries.length === 0) {
    return null;
  }
  return Object.fromEntries(entries.map(([name, value]) => [camelCase(name), convert(name, value, secrets)]));
}

function convert(name: string, value: unknown, secrets: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) {
    const items = value as readonly unknown[];
    return isMap(items)
      ? Object.fromEntries(items.map((item) => [item.key, item.value]))
      : items.map((item) => (isRecord(item) ? (element(item, secrets) ?? {}) : convert(name, item, secrets)));
  }
  if (isRecord(value)) {
    return MAPS.has(camelCase(name)) ? value : (element(value, secrets) ?? {});
  }
  if (BOOLEANS.has(name)) {
    return value === "true" || value === true;
  }
  if (NUMBERS.has(name)) {
    return Number(value);
  }
  if (DATES.has(name) && typeof value === "string") {
    return iamDate(new Date(value));
  }
  return value;
}

/** The query protocol writes a map as a list of `key` and `value`; the API's own members are capitalized. */
function isMap(items: readonly unknown[]): items is readonly { key: string; value: unknown }[] {
  return items.length > 0 && items.every((item) => isRecord(item) && "key" in item && "value" in item);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** CloudTrail lowers only the first letter: `SAMLProviderArn` becomes `sAMLProviderArn`. */
function camelCase(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** Made once: that takes a hundred times as long as formatting. */
const IAM_DATE = new Intl.DateTimeFormat("en-US", {
  month: "short",
  day: "numeric",
  year: "numeric",
  hour: "numeric",
  minute: "2-digit",
  second: "2-digit",
  hour12: true,
  timeZone: "UTC",
});

function iamDate(date: Date): string {
  const parts = Object.fromEntries(IAM_DATE.formatToParts(date).map(({ type, value }) => [type, value]));
  const { month, day, year, hour, minute, second, dayPeriod } = parts;
  return `${month} ${day}, ${year} ${hour}:${minute}:${second} ${dayPeriod}`;
}
