import { DRILL_PATH, DRILL_TAG } from "../../functions/contract";
import { NAMES, type AccountNames } from "../names";
import { policyDocument, type PolicyDocument } from "./document";
import { writeLogs } from "./function-logs";
import { FIND_USERS, REMOVE_USERS } from "./remove-users";

/**
 * What the drill may do: create users below its own path with a key, give them nothing, take off them what
 * the responder puts on them, and remove them; and say on its own role whom it is about to create. It reaches
 * no other user. Under the same role, Lambda sends the outcome, and keeps the events of drills that failed.
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
        // ForAllValues is true of a request without the key.
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
    writeLogs(names, NAMES.drill),
  );
}
