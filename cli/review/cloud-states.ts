import { z } from "zod";
import { messageOf } from "../../functions/shared/message-of";
import type { CloudState } from "../../stacks/config/backend";
import { stateName } from "../../stacks/state/state-name";
import { CloudApi, type CloudAccess } from "./cloud-api";
import { readingOf, type ReadState, type StateReading } from "./read-state";

const workspaceSchema = z.object({
  data: z.object({
    id: z.string(),
    attributes: z.object({ permissions: z.object({ "can-read-state-versions": z.boolean() }) }),
  }),
});

const stateVersionSchema = z.object({
  data: z.object({
    attributes: z.object({
      "created-at": z.iso.datetime({ offset: true }),
      "hosted-state-download-url": z.string(),
    }),
  }),
});

/**
 * Reads states of HCP Terraform and Terraform Enterprise by their API. Terraform would create what is missing
 * before it reads: the workspace, and its project.
 */
export function cloudStates(backend: CloudState, access: CloudAccess): ReadState {
  let opened: Promise<CloudApi> | undefined;
  return async ({ accountId }) => {
    try {
      const api = await (opened ??= CloudApi.open(backend, access));
      return await readWorkspace(api, backend.organization, stateName(backend, accountId));
    } catch (error) {
      return { kind: "unreadable", error: messageOf(error) };
    }
  };
}

async function readWorkspace(api: CloudApi, organization: string, name: string): Promise<StateReading> {
  const workspace = await api.get(workspaceSchema, `organizations/${organization}/workspaces/${name}`);
  if (workspace === undefined) {
    return { kind: "none", problem: "Its workspace does not exist, or the token may not see it." };
  }
  const { id, attributes } = workspace.data;
  if (!attributes.permissions["can-read-state-versions"]) {
    return { kind: "unreadable", error: "the token may not read the state versions of its workspace" };
  }
  const version = await api.get(stateVersionSchema, `workspaces/${id}/current-state-version`);
  if (version === undefined) {
    return { kind: "none" };
  }
  const { "created-at": createdAt, "hosted-state-download-url": link } = version.data.attributes;
  const text = await api.download(link);
  return text === undefined
    ? { kind: "unreadable", error: `${api.host} has the state's version, but not the state` }
    : readingOf(text, `workspace ${name}`, new Date(createdAt).toISOString());
}
