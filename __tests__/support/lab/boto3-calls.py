"""Makes calls with boto3, which moto brings along: a client for every service.

Standard input: JSON, a list of [service, method, parameters]. Standard output: JSON, a list with "allowed"
or the error's code for each call.
"""

import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError


def outcome(service, method, parameters):
    client = boto3.client(service, config=Config(retries={"total_max_attempts": 1}))
    try:
        getattr(client, method)(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "allowed"


print(json.dumps([outcome(*call) for call in json.load(sys.stdin)]))
