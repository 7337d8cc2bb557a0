"""Lists the operations that moto implements, as the lab's gateway gets and names them.

Standard output: JSON, a list of {service, operation, found, rest}. `service` is the signing name; `found` is the
name that lab/moto/operations.py reads from method and path, which `rest` has for REST services alone.
"""

import importlib
import inspect
import json
import re
import sys
from pathlib import Path

from botocore import xform_name
from botocore.loaders import Loader
from moto import backends
from moto.core.utils import camelcase_to_underscores

sys.path.append(str(Path(__file__).parents[3] / "lab" / "moto"))
import operations  # noqa: E402

LOADER = Loader()


def plain(name):
    return name.replace("-", "").replace("_", "")


MODELS = {plain(name): name for name in LOADER.list_available_services("service-2")} | {"awslambda": "lambda"}


def methods_of(module):
    """Names of all methods of moto's classes for a service: its handlers, and what they call."""
    names = set()
    for part in ("responses", "models"):
        try:
            found = importlib.import_module(f"moto.{module}.{part}")
        except ImportError:
            continue
        for _, each in inspect.getmembers(found, inspect.isclass):
            if each.__module__.startswith(f"moto.{module}."):
                names.update(dir(each))
    return names


def implemented(module, name):
    # S3's handlers have names of their own; moto has all but what the lab lists.
    if module == "s3":
        return not operations.MISTAKEN_BY_S3.fullmatch(name)
    return not {camelcase_to_underscores(name), xform_name(name)}.isdisjoint(methods_of_module[module])


def described(model, description, name):
    metadata = description["metadata"]
    service = metadata.get("signingName", metadata["endpointPrefix"])
    operation = description["operations"][name]
    entry = {"service": service, "operation": name, "found": name}
    if not metadata["protocol"].startswith("rest"):
        return entry
    method = operation["http"]["method"]
    path, _, query = operation["http"]["requestUri"].partition("?")
    required = [f"{key}=x" for key in operations.required(description, operation, "querystring")]
    headers = [key.lower() for key in operations.required(description, operation, "header")]
    url = "?".join(filter(None, [re.sub(r"{[^}]*}", "x", path), "&".join(filter(None, [query, *required]))]))
    found, _ = operations.operation_of(service, method, url, headers)
    return {**entry, "found": found, "rest": {"method": method, "path": url}}


modules = {name: MODELS[plain(name)] for name in backends.list_of_moto_modules() if plain(name) in MODELS}
methods_of_module = {name: methods_of(name) for name in modules}
listed = []
for module, model in modules.items():
    description = LOADER.load_service_model(model, "service-2")
    listed += [
        described(model, description, name) for name in description["operations"] if implemented(module, name)
    ]
print(json.dumps(listed))
