import { readArn } from "../exchange/arn";
import type { AwsCall } from "../exchange/build-request";
import type { MotoClient } from "../exchange/moto-client";
import type { Observer } from "../exchange/pipeline";
import { readPolicyDocument } from "../exchange/read-response";
import { AwsError } from "../shared/errors";
import { PromiseCache } from "../shared/promise-cache";
import { UNNAMED } from "./permissions/permission";

/** What authorization needs to know about a resource. */
export interface ResourceFacts {
  /** Resource policy; undefined when the resource has none. */
  readonly policy: unknown;
  /** Id, ARN or alias of the KMS key it is encrypted with. */
  readonly keyId?: string;
}

const NO_FACTS: ResourceFacts = { policy: undefined };

/** Requests that change no resource policy. */
const HARMLESS =
  /^(Get|List|Describe|Publish|Invoke|Send|Receive|ChangeMessage|DeleteMessage|PutEvents|PutLogEvents|Filter|CreateLogStream)/;

/** Policies and keys of resources, cached until a request may have changed one of the same service. */
export class Resources {
  private readonly moto: MotoClient;
  private readonly cache = new PromiseCache<ResourceFacts>();

  constructor(moto: MotoClient) {
    this.moto = moto;
  }

  /** Rejects with the service's own AwsError when there is no such resource. */
  facts(arn: string): Promise<ResourceFacts> {
    return this.cache.getOrRead(arn, () => this.read(arn));
  }

  readonly observe: Observer = ({ request }) => {
    if (HARMLESS.test(request.action)) {
      return;
    }
    for (const arn of this.cache.keys()) {
      // Without taking the ARN apart: this is done for every cached resource after most requests.
      if (arn.split(":", 3)[2] === request.service) {
        this.cache.delete(arn);
      }
    }
  };

  private async read(arn: string): Promise<ResourceFacts> {
    const { service, resource } = readArn(arn);
    switch (service) {
      case "sns":
        return this.topic(arn);
      case "sqs":
        return this.queue(arn);
      case "lambda":
        return resource.startsWith("function:") ? this.function(arn) : NO_FACTS;
      case "events":
        return resource.startsWith("event-bus/") ? this.bus(arn) : NO_FACTS;
      case "logs":
        return this.logs(arn);
      case "kms":
        return resource.startsWith("key/") ? this.key(arn) : NO_FACTS;
      default:
        return NO_FACTS;
    }
  }

  private async topic(arn: string): Promise<ResourceFacts> {
    const { Attributes } = await this.call(arn, "GetTopicAttributes", { TopicArn: arn });
    return encrypted(attributesOf(Attributes));
  }

  private async queue(arn: string): Promise<ResourceFacts> {
    const { accountId, resource } = readArn(arn);
    const QueueUrl = `http://localhost/${accountId}/${resource}`;
    const { Attributes } = await this.call(arn, "GetQueueAttributes", { QueueUrl, AttributeNames: ["All"] });
    return encrypted(attributesOf(Attributes));
  }

  private async function(arn: string): Promise<ResourceFacts> {
    const path = `/2015-03-31/functions/${readArn(arn).resource.split(":")[1]}/policy`;
    try {
      const { Policy } = await this.call(arn, "GetPolicy", {}, { method: "GET", path });
      return { policy: readPolicyDocument(Policy) };
    } catch (error) {
      if (error instanceof AwsError && error.status === 404) {
        return NO_FACTS;
      }
      throw error;
    }
  }

  private async bus(arn: string): Promise<ResourceFacts> {
    const Name = readArn(arn).resource.slice("event-bus/".length);
    const { Policy } = await this.call(arn, "DescribeEventBus", { Name });
    return Policy === undefined || Policy === "" ? NO_FACTS : { policy: readPolicyDocument(Policy) };
  }

  /** CloudWatch Logs has policies per account and Region; their statements count as one policy. */
  private async logs(arn: string): Promise<ResourceFacts> {
    const { resourcePolicies } = await this.call(arn, "DescribeResourcePolicies", {});
    const documents = ((resourcePolicies ?? []) as { policyDocument: string }[]).map(({ policyDocument }) =>
      readPolicyDocument(policyDocument),
    ) as { Statement: unknown }[];
    if (documents.length === 0) {
      return NO_FACTS;
    }
    const Statement = documents.flatMap((document) => document.Statement);
    return { policy: { Version: "2012-10-17", Statement } };
  }

  private async key(arn: string): Promise<ResourceFacts> {
    const managedBy = /^key\/aws\/(.+)$/.exec(readArn(arn).resource)?.[1];
    if (managedBy !== undefined) {
      return { policy: awsManagedKeyPolicy(arn, managedBy) };
    }
    if (readArn(arn).resource === `key/${UNNAMED}`) {
      return { policy: newKeyPolicy(arn) };
    }
    const { Policy } = await this.call(arn, "GetKeyPolicy", { KeyId: arn, PolicyName: "default" });
    return { policy: readPolicyDocument(Policy) };
  }

  private call(
    arn: string,
    action: string,
    params: Record<string, unknown>,
    rest?: AwsCall["rest"],
  ): Promise<Record<string, unknown>> {
    const { service, region, accountId } = readArn(arn);
    const call = { service, region: region || "us-east-1", action, params };
    return this.moto(accountId, rest === undefined ? call : { ...call, rest });
  }
}

/**
 * The policy of the key `alias/aws/SERVICE`: every principal of the account that may use the service may use
 * the key through it, and no other service. Source: KMS guide, "AWS managed keys", and the policy that
 * GetKeyPolicy shows for them.
 */
function awsManagedKeyPolicy(arn: string, service: string): unknown {
  const { region, accountId } = readArn(arn);
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: [
          "kms:Decrypt",
          "kms:GenerateDataKey*",
          "kms:CreateGrant",
          "kms:ListGrants",
          "kms:DescribeKey",
        ],
        Resource: "*",
        Condition: {
          StringEquals: {
            "kms:CallerAccount": accountId,
            "kms:ViaService": `${service}.${region}.amazonaws.com`,
          },
        },
      },
    ],
  };
}

/** A key that is being made has no policy yet: the account's IAM policies decide. */
function newKeyPolicy(arn: string): unknown {
  const { accountId } = readArn(arn);
  const Principal = { AWS: `arn:aws:iam::${accountId}:root` };
  return {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal, Action: "kms:*", Resource: "*" }],
  };
}

interface AttributeEntry {
  readonly key: string;
  readonly value: string;
}

/** The query protocol writes a map as entries, JSON as an object. */
function attributesOf(attributes: unknown): Record<string, string> {
  const entries = (attributes as { entry?: AttributeEntry | AttributeEntry[] } | undefined)?.entry;
  if (entries === undefined) {
    return (attributes ?? {}) as Record<string, string>;
  }
  return Object.fromEntries([entries].flat().map(({ key, value }) => [key, value]));
}

function encrypted({ Policy, KmsMasterKeyId }: Record<string, string>): ResourceFacts {
  return {
    policy: Policy === undefined || Policy === "" ? undefined : readPolicyDocument(Policy),
    ...(KmsMasterKeyId === undefined || KmsMasterKeyId === "" ? {} : { keyId: KmsMasterKeyId }),
  };
}
