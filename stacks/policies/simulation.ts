import { SIMULATION_PATH } from "../../functions/contract";
import { NAMES, type AccountNames } from "../names";
import { policyDocument, type PolicyDocument } from "./document";
import { functionRole } from "./function-role";
import { FIND_USERS, REMOVE_USERS } from "./remove-users";

/**
 * The attack simulation's permissions: to create and remove users below its own path. It has no access to
 * others.
 */
export function simulationPolicy(names: AccountNames): PolicyDocument {
  const Resource = names.usersArn(SIMULATION_PATH);
  const administrator = names.awsManagedPolicyArn("AdministratorAccess");
  return policyDocument(
    {
      Sid: "MakeUsers",
      Effect: "Allow",
      Action: ["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:CreateUser"],
      Resource,
    },
    {
      Sid: "GiveAdministratorAccess",
      Effect: "Allow",
      Action: "iam:AttachUserPolicy",
      Resource,
      Condition: { ArnEquals: { "iam:PolicyARN": administrator } },
    },
    {
      Sid: "RemoveUsers",
      Effect: "Allow",
      Action: REMOVE_USERS,
      Resource,
    },
    {
      Sid: "Release",
      Effect: "Allow",
      Action: "iam:DetachUserPolicy",
      Resource,
      Condition: { ArnEquals: { "iam:PolicyARN": [administrator, names.quarantinePolicyArn] } },
    },
    FIND_USERS,
    ...functionRole(names, NAMES.simulation),
  );
}
