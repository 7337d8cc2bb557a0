import { errorText } from "../../functions/shared/aws-error";
import type { S3State } from "../../stacks/config/backend";
import { STATE_SESSION_NAME, stateName } from "../../stacks/state/state-name";
import { clientSettings, roleCredentials } from "../aws/role-session";
import { readingOf, type ReadState } from "./read-state";

/**
 * Reads states of the `s3` backend, as the role that Terraform assumes for them: the object is the state, and
 * one call has both it and its time.
 */
export function s3States(backend: S3State): ReadState {
  const { bucket: Bucket } = backend;
  let opened: ReturnType<typeof openS3> | undefined;
  return async ({ accountId }) => {
    const Key = stateName(backend, accountId);
    try {
      const { client, GetObjectCommand, NoSuchKey } = await (opened ??= openS3(backend));
      try {
        const { Body, LastModified } = await client.send(new GetObjectCommand({ Bucket, Key }));
        const text = (await Body?.transformToString()) ?? "";
        return readingOf(text, `s3://${Bucket}/${Key}`, LastModified?.toISOString() ?? null);
      } catch (error) {
        if (error instanceof NoSuchKey) {
          return { kind: "none" };
        }
        throw error;
      }
    } catch (error) {
      return { kind: "unreadable", error: errorText(error) };
    }
  };
}

/** The SDK is loaded here, because states are elsewhere for most commands. */
async function openS3({ region, roleArn }: S3State) {
  const { GetObjectCommand, NoSuchKey, S3Client } = await import("@aws-sdk/client-s3");
  const settings = clientSettings(region);
  const credentials = await roleCredentials({ roleArn, sessionName: STATE_SESSION_NAME }, settings);
  return { client: new S3Client({ ...settings, credentials }), GetObjectCommand, NoSuchKey };
}
