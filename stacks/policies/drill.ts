import { DRILL_PATH, DRILL_TAG } from "../../functions/contract";
import { NAMES, type AccountNames } from "../names";
import { policyDocument, type PolicyDocument } from "./document";
import { functionRole } from "./function-role";
import { FIND_USERS, REMOVE_USERS } from "./remove-users";

/**
 * The drill's permissions: to create users below its own path with a key, without permissions, to remove from
 * them what the responder has added, to delete them, and to announce a user by a tag on its own role. It has
 * no access to other users. With the same role, Lambda sends the outcome, or the event of a failed drill to
 * the dead-letter queue.
 */
export function drillPolicy(names: AccountNames): PolicyDocument {
  const Resource = names.usersArn(DRILL_PATH);
  const ownRole = names.ownRoleArn(NAMES.drill);
  return policyDocument(
    { Sid: "MakeUsers", Effect: "Allow", Action: ["iam:CreateAccessKey", "iam:CreateUser"], Resource },
    {
      Sid: "LookAtAndRemoveUsers",
      Effect: "Allow",
      Action: [...REMOVE_USERS, "iam:GetUserPolicy"],
      Resource,
    },
    {
      Sid: "TakeQuarantineOff",
      Effect: "Allow",
      Action: "iam:DetachUserPolicy",
      Resource,
      Condition: { ArnEquals: { "iam:PolicyARN": names.quarantinePolicyArn } },
    },
    {
      Sid: "Announce",
      Effect: "Allow",
      Action: "iam:TagRole",
      Resource: ownRole,
      Condition: {
        "ForAllValues:StringEquals": { "aws:TagKeys": DRILL_TAG },
        // ForAllValues is also true of a request without the key.
        Null: { "aws:TagKeys": "false" },
      },
    },
    { Sid: "ReadAnnouncement", Effect: "Allow", Action: "iam:ListRoleTags", Resource: ownRole },
    FIND_USERS,
    { Sid: "HandOnOutcome", Effect: "Allow", Action: "events:PutEvents", Resource: names.defaultBusArn },
    {
      Sid: "KeepFailedEvents",
      Effect: "Allow",
      Action: "sqs:SendMessage",
      Resource: names.queueArn(NAMES.deadLetters),
    },
    ...functionRole(names, NAMES.drill),
  );
}
