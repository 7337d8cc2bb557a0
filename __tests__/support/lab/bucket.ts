import { buildRequest } from "../../../lab/exchange/build-request";

/** An object of the bucket as S3 answers it. */
export interface StoredObject {
  readonly headers: Headers;
  readonly text: string;
}

/** A bucket in the lab, as one access key reaches it. */
export class LabBucket {
  constructor(
    private readonly endpoint: string,
    private readonly name: string,
    private readonly accessKeyId: string,
  ) {}

  async create(): Promise<void> {
    await this.request("PUT", "");
  }

  /** Every key, in their order. */
  async keys(): Promise<string[]> {
    const { text } = await this.request("GET", "?list-type=2");
    return [...text.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = ""]) => key);
  }

  get(key: string): Promise<StoredObject> {
    return this.request("GET", `/${key}`);
  }

  async put(key: string, body: string): Promise<void> {
    await this.request("PUT", `/${key}`, body);
  }

  async remove(key: string): Promise<void> {
    await this.request("DELETE", `/${key}`);
  }

  /** Rejects with the answer's status and text when it is no success. */
  private async request(method: string, path: string, body = ""): Promise<StoredObject> {
    const { url, headers } = buildRequest(
      {
        ...{ service: "s3", region: "us-east-1", action: "", params: {} },
        rest: { method, path: `/${this.name}${path}` },
      },
      this.accessKeyId,
    );
    const answer = await fetch(`${this.endpoint}${url}`, {
      method,
      headers: { ...headers },
      ...(method === "PUT" && { body }),
    });
    const text = await answer.text();
    if (!answer.ok) {
      throw new Error(`${method} ${url}: ${answer.status} ${text}`);
    }
    return { headers: answer.headers, text };
  }
}
