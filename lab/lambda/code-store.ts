import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { unzipSync } from "fflate";
import { functionArn } from "../exchange/arn";
import type { Observer } from "../exchange/pipeline";
import { LabError } from "../shared/errors";

/** Unpacked code of a function. */
export interface FunctionCode {
  readonly folder: string;
  /** Hex digest of the package. */
  readonly sha256: string;
}

/** The packages of CreateFunction and UpdateFunctionCode, unpacked below one folder. */
export class CodeStore {
  private readonly root: string;
  private readonly packages = new Map<string, Buffer>();

  constructor(root: string) {
    this.root = root;
  }

  /** Stores the package of each successful deployment. */
  readonly observe: Observer = ({ request, accountId }, response) => {
    if (request.service !== "lambda" || response.status >= 300) {
      return;
    }
    const arn = functionArn(String(request.params["FunctionName"]), { accountId, region: request.region });
    if (request.action === "DeleteFunction") {
      this.packages.delete(arn);
    }
    const zip = zipOf(request.action, request.params);
    if (zip !== undefined) {
      this.packages.set(arn, Buffer.from(zip, "base64"));
    }
  };

  /** @throws LabError for a function that was not deployed as ZipFile. */
  codeOf(arn: string): FunctionCode {
    const bytes = this.packages.get(arn);
    if (bytes === undefined) {
      throw new LabError(
        `The lab has no code for ${arn}: it runs functions deployed as ZipFile, not from S3 or an image.`,
      );
    }
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const folder = path.join(this.root, sha256);
    if (!existsSync(folder)) {
      unpack(bytes, folder);
    }
    return { folder, sha256 };
  }

  /** Removes everything that was unpacked. */
  dispose(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

function zipOf(action: string, params: Readonly<Record<string, unknown>>): string | undefined {
  if (action === "UpdateFunctionCode") {
    return textOf(params["ZipFile"]);
  }
  if (action !== "CreateFunction") {
    return undefined;
  }
  return textOf((params["Code"] as { ZipFile?: unknown } | undefined)?.ZipFile);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function unpack(bytes: Buffer, folder: string): void {
  for (const [name, content] of Object.entries(unzipSync(bytes))) {
    const file = path.join(folder, name);
    if (!file.startsWith(folder + path.sep)) {
      throw new LabError(`The function package has an entry outside its folder: ${name}`);
    }
    if (name.endsWith("/")) {
      continue;
    }
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}
