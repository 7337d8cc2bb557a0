"""Makes calls with boto3, which moto brings along: a client for every service.

Standard input: JSON, a list of [access key id, service, method, parameters]. Standard output: JSON, a list with
"allowed" or the error's code for each call. The lab verifies no signature, so any secret will do.
"""

import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

SESSION = boto3.Session()


def outcome(access_key_id, service, method, parameters):
    client = SESSION.client(
        service,
        aws_access_key_id=access_key_id,
        aws_secret_access_key="unverified",
        config=Config(retries={"total_max_attempts": 1}),
    )
    try:
        getattr(client, method)(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "allowed"


print(json.dumps([outcome(*call) for call in json.load(sys.stdin)]))
