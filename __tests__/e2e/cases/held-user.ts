import { generateKeyPairSync } from "node:crypto";
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
  UpdateSigningCertificateCommand,
  UpdateSSHPublicKeyCommand,
  UploadSigningCertificateCommand,
  UploadSSHPublicKeyCommand,
  type IAMClient,
} from "@aws-sdk/client-iam";
import { INLINE_POLICY_NAME } from "../../../functions/contract";
import { selfSigned } from "../../support/packaged/certificate";

const Status = "Inactive";

/** Puts on a user what a release takes off, and what it sets active: every deny, inactive credentials. */
export async function holdByEveryMethod(iam: IAMClient, UserName: string, PolicyArn: string): Promise<void> {
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  await iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId: AccessKey?.AccessKeyId, Status }));
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const SSHPublicKeyBody = publicKey.export({ type: "spki", format: "pem" }).toString();
  const { SSHPublicKey } = await iam.send(new UploadSSHPublicKeyCommand({ UserName, SSHPublicKeyBody }));
  await iam.send(
    new UpdateSSHPublicKeyCommand({ UserName, SSHPublicKeyId: SSHPublicKey?.SSHPublicKeyId, Status }),
  );
  const CertificateBody = selfSigned("example.com").cert;
  const { Certificate } = await iam.send(new UploadSigningCertificateCommand({ UserName, CertificateBody }));
  await iam.send(
    new UpdateSigningCertificateCommand({ UserName, CertificateId: Certificate?.CertificateId, Status }),
  );
  await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
  const denyAll = { Version: "2012-10-17", Statement: [{ Effect: "Deny", Action: "*", Resource: "*" }] };
  await iam.send(
    new PutUserPolicyCommand({
      ...{ UserName, PolicyName: INLINE_POLICY_NAME },
      PolicyDocument: JSON.stringify(denyAll),
    }),
  );
  await iam.send(new PutUserPermissionsBoundaryCommand({ UserName, PermissionsBoundary: PolicyArn }));
}
