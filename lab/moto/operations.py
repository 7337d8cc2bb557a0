"""Which API operation a REST request is, and which operations moto lacks."""

import functools
import json
import re
from urllib.parse import parse_qsl, urlsplit

from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader
from flask import Flask
from moto.moto_server.werkzeug_app import create_backend_app

# Names of botocore's models, where they are not the signing name of the service.
MODELS = {
    "access-analyzer": ["accessanalyzer"],
    "apigateway": ["apigateway", "apigatewayv2"],
    "elasticfilesystem": ["efs"],
    "es": ["opensearch", "es"],
    "mobiletargeting": ["pinpoint"],
    "s3": ["s3", "s3control"],
    "ses": ["sesv2"],
}


def create_app(service):
    """moto's app for a service; answers 501 to operations, and services, that moto lacks."""
    app = Flask("unknown") if service is None else create_backend_app(service)
    app.register_error_handler(NotImplementedError, lambda error: (str(error), 501))
    if service is None:
        app.before_request(lambda: ("moto has no such service", 501))
    return app


def answering(app):
    """Answers GET /_lab/operation?service=&method=&url= with its name and protocol, both empty without one."""

    def answer(environ, start_response):
        if environ.get("PATH_INFO") != "/_lab/operation":
            return app(environ, start_response)
        query = dict(parse_qsl(environ["QUERY_STRING"]))
        name, protocol = operation_of(query["service"], query["method"], query["url"])
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps({"action": name, "protocol": protocol}).encode()]

    return answer


def operation_of(service, method, url):
    """Where several operations fit, the one that says most about the URL, then the one with the shortest name."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    fitting = [
        (len(asked), literals, -len(name), name, protocol)
        for name, protocol, verb, path, asked, literals in operations_of(service)
        if verb == method
        and path.fullmatch(parts.path)
        and all(key in query and value in ("", query[key]) for key, value in asked.items())
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
            asked = {**required(description, operation), **dict(parse_qsl(query, keep_blank_values=True))}
            literals = len(re.sub(r"{[^}]*}", "", path))
            found.append((name, protocol, operation["http"]["method"], pattern(path), asked, literals))
    return found


def required(description, operation):
    """Parameters of the query string that an operation cannot do without."""
    shape = description["shapes"].get(operation.get("input", {}).get("shape"), {})
    members = [shape["members"][name] for name in shape.get("required", [])]
    return {member["locationName"]: "" for member in members if member.get("location") == "querystring"}


def pattern(path):
    parts = re.split(r"({[^}]*})", path.rstrip("/"))
    return re.compile("".join(group(part) for part in parts) + "/?")


def group(part):
    if not part.startswith("{"):
        return re.escape(part)
    return ".+" if part.endswith("+}") else "[^/]+"
