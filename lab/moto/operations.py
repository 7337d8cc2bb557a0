"""Which API operation a REST request is, and which operations moto lacks."""

import functools
import json
import re
from urllib.parse import parse_qsl, urlsplit

from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader
from flask import Flask, request
from moto.moto_server.werkzeug_app import create_backend_app

# Names of botocore's models, where they are not the signing name of the service.
MODELS = {
    "access-analyzer": ["accessanalyzer"],
    "apigateway": ["apigateway", "apigatewayv2"],
    "aps": ["amp"],
    "bedrock": ["bedrock", "bedrock-agent", "bedrock-runtime"],
    "bedrock-agentcore": ["bedrock-agentcore-control", "bedrock-agentcore"],
    "connect-campaigns": ["connectcampaigns"],
    "elasticfilesystem": ["efs"],
    "es": ["opensearch", "es"],
    "execute-api": ["apigatewaymanagementapi"],
    "iotdata": ["iot-data"],
    "kinesisvideo": ["kinesisvideo", "kinesis-video-archived-media"],
    "lex": ["lexv2-models"],
    "mediastore": ["mediastore", "mediastore-data"],
    "mobiletargeting": ["pinpoint"],
    "s3": ["s3", "s3control"],
    "sagemaker": ["sagemaker", "sagemaker-runtime", "sagemaker-metrics"],
    "servicecatalog": ["servicecatalog", "servicecatalog-appregistry"],
    "ses": ["sesv2"],
}

# What S3 in moto lacks and would take for another operation: DeleteBucketMetricsConfiguration for DeleteBucket.
MISTAKEN_BY_S3 = re.compile(
    r"\w+(Abac|(Analytics|IntelligentTiering|Metrics)Configurations?|PolicyStatus|RequestPayment)"
    r"|\w+BucketMetadata\w+|CreateSession|DeleteBucketInventoryConfiguration"
    r"|GetObject(Retention|Torrent)|RenameObject|UpdateObjectEncryption|WriteGetObjectResponse"
)


def create_app(service):
    """moto's app for a service; answers 501 to operations, and services, that moto lacks."""
    app = Flask("unknown") if service is None else create_backend_app(service)
    app.register_error_handler(NotImplementedError, lambda error: (str(error), 501))
    if service is None:
        app.before_request(lambda: ("moto has no such service", 501))
    if service == "s3":
        app.before_request(refuse_what_s3_mistakes)
    return app


def refuse_what_s3_mistakes():
    names = [name.lower() for name in request.headers.keys()]
    operation, _ = operation_of("s3", request.method, request.full_path, names)
    return ("moto's S3 has no such operation", 501) if MISTAKEN_BY_S3.fullmatch(operation) else None


def answering(app):
    """
    Answers GET /_lab/operation?service=&method=&url=&headers= with its name and protocol, both empty without
    one. `headers` has the names of the request's headers in lower case, with commas between them.
    """

    def answer(environ, start_response):
        if environ.get("PATH_INFO") != "/_lab/operation":
            return app(environ, start_response)
        query = dict(parse_qsl(environ["QUERY_STRING"]))
        name, protocol = operation_of(
            query["service"], query["method"], query["url"], query.get("headers", "").split(",")
        )
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps({"action": name, "protocol": protocol}).encode()]

    return answer


def operation_of(service, method, url, headers):
    """Where several operations fit, the one that says most about the request, then the shortest name."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    fitting = [
        (len(asked) + len(needed), literals, -len(name), name, protocol)
        for name, protocol, verb, path, asked, needed, literals in operations_of(service)
        if verb == method
        and path.fullmatch(parts.path)
        and all(key in query and value in ("", query[key]) for key, value in asked.items())
        and needed.issubset(headers)
    ]
    return max(fitting)[-2:] if fitting else ("", "")


@functools.lru_cache(maxsize=None)
def operations_of(service):
    found = []
    for model in MODELS.get(service, [service]):
        try:
            description = Loader().load_service_model(model, "service-2")
        except UnknownServiceError:
            continue
        protocol = description["metadata"]["protocol"]
        for name, operation in description["operations"].items():
            path, _, query = operation["http"]["requestUri"].partition("?")
            parameters = dict.fromkeys(required(description, operation, "querystring"), "")
            asked = {**parameters, **dict(parse_qsl(query, keep_blank_values=True))}
            headers = {header.lower() for header in required(description, operation, "header")}
            literals = len(re.sub(r"{[^}]*}", "", path))
            found.append((name, protocol, operation["http"]["method"], pattern(path), asked, headers, literals))
    return found


def required(description, operation, location):
    """Names of what an operation cannot do without, in the query string or in the headers."""
    shape = description["shapes"].get(operation.get("input", {}).get("shape"), {})
    members = [shape["members"][name] for name in shape.get("required", [])]
    return [member["locationName"] for member in members if member.get("location") == location]


def pattern(path):
    parts = re.split(r"({[^}]*})", path.rstrip("/"))
    return re.compile("".join(group(part) for part in parts) + "/?")


def group(part):
    if not part.startswith("{"):
        return re.escape(part)
    return ".+" if part.endswith("+}") else "[^/]+"
