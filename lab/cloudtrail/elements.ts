/** Inputs that CloudTrail leaves out. */
const SECRET_INPUTS = new Set(["Password", "OldPassword", "NewPassword"]);
/** Outputs that CloudTrail leaves out. */
const SECRET_OUTPUTS = new Set(["SecretAccessKey", "ServicePassword", "Base32StringSeed", "QRCodePNG"]);

const BOOLEANS = new Set(["PasswordResetRequired", "SetAsDefault", "IsDefaultVersion", "IsAttachable"]);
const NUMBERS = new Set(["MaxSessionDuration", "AttachmentCount", "PermissionsBoundaryUsageCount"]);
const DATES = new Set(["CreateDate", "UpdateDate", "UploadDate"]);

/**
 * The element `requestParameters` of an IAM call: its input in camel case, without passwords; null when
 * empty.
 */
export function requestParameters(input: Readonly<Record<string, unknown>>): Record<string, unknown> | null {
  return element(input, SECRET_INPUTS);
}

/**
 * The element `responseElements` of an IAM call: its output in camel case, without secrets and with dates as
 * CloudTrail writes them for IAM (`Aug 1, 2024 1:33:28 PM`); null when the call has no output.
 */
export function responseElements(output: Readonly<Record<string, unknown>>): Record<string, unknown> | null {
  return element(output, SECRET_OUTPUTS);
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
    return value.map((item: unknown) => convert(name, item, secrets));
  }
  if (typeof value === "object" && value !== null) {
    return element(value as Record<string, unknown>, secrets) ?? {};
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

/** CloudTrail lowers only the first letter: `SAMLProviderArn` becomes `sAMLProviderArn`. */
function camelCase(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function iamDate(date: Date): string {
  const format = new Intl.DateTimeFormat("en-US", {
    month: "short",
    day: "numeric",
    year: "numeric",
    hour: "numeric",
    minute: "2-digit",
    second: "2-digit",
    hour12: true,
    timeZone: "UTC",
  });
  const parts = Object.fromEntries(format.formatToParts(date).map(({ type, value }) => [type, value]));
  const { month, day, year, hour, minute, second, dayPeriod } = parts;
  return `${month} ${day}, ${year} ${hour}:${minute}:${second} ${dayPeriod}`;
}
