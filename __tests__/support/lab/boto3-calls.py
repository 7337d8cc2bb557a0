"""Makes calls with boto3, which moto brings along: a client for every service.

Standard input: JSON, a list of [access key id, service, method, parameters]. Standard output: JSON, a list with
the output, an object, or the error's code, a string, for each call. The lab verifies no signature, so any secret
will do. PREFERRED_PROTOCOL names the protocol to use where a service has several.
"""

import json
import os
import sys
from datetime import datetime

import boto3
import botocore.model
from botocore.config import Config
from botocore.exceptions import ClientError

PREFERRED = os.environ.get("PREFERRED_PROTOCOL")
PROTOCOLS = botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS
botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS = tuple(filter(None, [PREFERRED, *PROTOCOLS]))
SESSION = boto3.Session()


def outcome(access_key_id, service, method, parameters):
    client = SESSION.client(
        service,
        aws_access_key_id=access_key_id,
        aws_secret_access_key="unverified",
        config=Config(retries={"total_max_attempts": 1}),
    )
    try:
        output = getattr(client, method)(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return {"protocol": client.meta.service_model.resolved_protocol, **output}


def plain(value):
    """Dates in ISO 8601; no streams."""
    return value.isoformat() if isinstance(value, datetime) else None


print(json.dumps([outcome(*call) for call in json.load(sys.stdin)], default=plain))
