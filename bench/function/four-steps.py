"""The four steps of the lab in Python: attach the quarantine policy, read the user, tag it, publish an alert."""

import os

import boto3

iam = boto3.client("iam")
sns = boto3.client("sns")


def handler(event, context):
    detail = event["detail"]
    name = detail["requestParameters"]["userName"]
    iam.attach_user_policy(UserName=name, PolicyArn=os.environ["QUARANTINE_POLICY_ARN"])
    user = iam.get_user(UserName=name)["User"]
    tags = {
        "SecurityStatus": "QUARANTINED",
        "QuarantineReason": "Created outside of the process",
        "QuarantineTime": detail["eventTime"],
    }
    iam.tag_user(UserName=name, Tags=[{"Key": key, "Value": value} for key, value in tags.items()])
    sns.publish(
        TopicArn=os.environ["ALERT_TOPIC_ARN"],
        Subject=f"IAM user quarantined: {name}",
        Message=f"{name} ({user['UserId']}) was created by {detail['userIdentity']['arn']}",
    )
