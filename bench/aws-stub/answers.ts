import { QUARANTINE_DOCUMENT } from "../../functions/contract";

/** One call of IAM or SNS as it arrived: the parameters of the AWS Query protocol. */
export interface Call {
  readonly action: string;
  readonly parameters: URLSearchParams;
}

export interface Answer {
  readonly status: number;
  /** XML of the AWS Query protocol. */
  readonly body: string;
}

interface StubUser {
  readonly policies: Set<string>;
  readonly inline: Map<string, string>;
  boundary: string;
  readonly tags: Map<string, string>;
}

const OTHER_LISTS: Readonly<Record<string, string>> = {
  ListAccessKeys: "AccessKeyMetadata",
  ListSSHPublicKeys: "SSHPublicKeys",
  ListServiceSpecificCredentials: "ServiceSpecificCredentials",
  ListSigningCertificates: "Certificates",
  ListMFADevices: "MFADevices",
  ListGroupsForUser: "Groups",
};

/** An IAM in which every user exists and holds what calls gave it, and an SNS that takes every message. */
export class Answers {
  private readonly users = new Map<string, StubUser>();
  /** When the last deny was set, on the clock of `performance.now()`. */
  lastContainmentAt = 0;

  /** How many users are denied everything, by whichever method. */
  containedUsers(): number {
    const denied = ({ policies, inline, boundary }: StubUser) =>
      policies.size + inline.size > 0 || boundary !== "";
    return [...this.users.values()].filter(denied).length;
  }

  answer({ action, parameters }: Call): Answer {
    const get = (name: string): string => parameters.get(name) ?? "";
    const user = this.user(get("UserName"));
    const list = OTHER_LISTS[action];
    if (list) {
      return result(action, `<${list}/><IsTruncated>false</IsTruncated>`);
    }
    switch (action) {
      case "AttachUserPolicy":
        user.policies.add(get("PolicyArn"));
        this.lastContainmentAt = performance.now();
        return result(action, "");
      case "PutUserPolicy":
        user.inline.set(get("PolicyName"), get("PolicyDocument"));
        this.lastContainmentAt = performance.now();
        return result(action, "");
      case "PutUserPermissionsBoundary":
        user.boundary = get("PermissionsBoundary");
        this.lastContainmentAt = performance.now();
        return result(action, "");
      case "ListAttachedUserPolicies":
        return result(action, listed("AttachedPolicies", [...user.policies].map(attached)));
      case "ListUserPolicies":
        return result(action, listed("PolicyNames", [...user.inline.keys()]));
      case "GetUserPolicy":
        return result(
          action,
          element("PolicyDocument", encodeURIComponent(user.inline.get(get("PolicyName")) ?? "")),
        );
      case "TagUser":
        for (const [key, value] of tagsOf(parameters)) {
          user.tags.set(key, value);
        }
        return result(action, "");
      case "ListUserTags":
        return result(
          action,
          listed(
            "Tags",
            [...user.tags].map(([key, value]) => element("Key", key) + element("Value", value)),
          ),
        );
      case "GetUser":
        return result(action, `<User>${describe(get("UserName"), user)}</User>`);
      case "GetLoginProfile":
        return failure(404, "NoSuchEntity", `Login Profile for User ${get("UserName")} cannot be found.`);
      case "GetPolicy":
        return result(action, "<Policy><DefaultVersionId>v1</DefaultVersionId></Policy>");
      case "GetPolicyVersion":
        return result(
          action,
          `<PolicyVersion>${element("Document", encodeURIComponent(JSON.stringify(QUARANTINE_DOCUMENT)))}</PolicyVersion>`,
        );
      case "Publish":
        return result(action, "<MessageId>00000000-0000-4000-8000-000000000000</MessageId>");
      default:
        return failure(
          400,
          "InvalidAction",
          `The stub of the benches knows no ${action}: add it to answers.ts.`,
        );
    }
  }

  private user(name: string): StubUser {
    const user = this.users.get(name) ?? {
      policies: new Set(),
      inline: new Map(),
      boundary: "",
      tags: new Map(),
    };
    if (name !== "") {
      this.users.set(name, user);
    }
    return user;
  }
}

export const THROTTLED: Answer = failure(400, "Throttling", "Rate exceeded");

/** The id that the stub gives the user of a name; it has the form of IAM's. */
export function userIdOf(userName: string): string {
  const hex = Buffer.from(userName).toString("hex").toUpperCase();
  return `AIDA${hex.padEnd(17, "0").slice(-17)}`;
}

function result(action: string, content: string): Answer {
  const body = `<${action}Response><${action}Result>${content}</${action}Result><ResponseMetadata><RequestId>0</RequestId></ResponseMetadata></${action}Response>`;
  return { status: 200, body };
}

function failure(status: number, code: string, message: string): Answer {
  const error = `<Error><Type>Sender</Type>${element("Code", code)}${element("Message", message)}</Error>`;
  return { status, body: `<ErrorResponse>${error}<RequestId>0</RequestId></ErrorResponse>` };
}

function describe(name: string, { boundary }: StubUser): string {
  const arn = `<PermissionsBoundary>${element("PermissionsBoundaryArn", boundary)}</PermissionsBoundary>`;
  return element("UserName", name) + element("UserId", userIdOf(name)) + (boundary === "" ? "" : arn);
}

function listed(name: string, members: readonly string[]): string {
  const content = members.map((member) => `<member>${member}</member>`).join("");
  return `<${name}>${content}</${name}><IsTruncated>false</IsTruncated>`;
}

function attached(arn: string): string {
  return element("PolicyName", arn.split("/").pop() ?? "") + element("PolicyArn", arn);
}

function element(name: string, text: string): string {
  return `<${name}>${text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)}</${name}>`;
}

function tagsOf(parameters: URLSearchParams): [string, string][] {
  const tags: [string, string][] = [];
  for (let at = 1; parameters.has(`Tags.member.${at}.Key`); at += 1) {
    tags.push([
      parameters.get(`Tags.member.${at}.Key`) ?? "",
      parameters.get(`Tags.member.${at}.Value`) ?? "",
    ]);
  }
  return tags;
}
