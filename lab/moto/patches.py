"""Patches for what moto 5 lacks or gets wrong, where the lab needs it."""

import functools
import json
import os
from datetime import datetime, timezone

from flask import has_request_context, request
from moto.awslambda.models import LambdaBackend, LambdaFunction
from moto.core.responses import ActionResult, EmptyResult
from moto.iam.models import User
from moto.iam.responses import IamResponse
from moto.logs import models as logs
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.organizations import utils as organization_utils

import iam_rules
import sns_confirmations


def take_given_organization_ids() -> None:
    """Organizations assigns the lab's ids; moto makes random ones."""
    organization_id = os.environ["LAB_ORGANIZATION_ID"]
    # moto also draws an id for the management account and drops it, so that id comes first.
    account_ids = json.loads(os.environ["LAB_ACCOUNT_IDS"])
    draw_random = organization_utils.make_random_account_id
    organization_utils.make_random_org_id = lambda: organization_id
    organization_utils.make_random_account_id = lambda: account_ids.pop(0) if account_ids else draw_random()
    organization_utils.ORG_ID_REGEX = r"o-[a-z0-9]{10,32}"


def replace_event_invoke_config_on_put() -> None:
    """A second PutFunctionEventInvokeConfig replaces the first; moto keeps answering the first."""
    put = LambdaBackend.put_function_event_invoke_config

    def replacing_put(self, function_name, config):
        self.get_function(function_name).event_invoke_config.clear()
        return put(self, function_name, config)

    LambdaBackend.put_function_event_invoke_config = replacing_put


def leave_functions_to_the_lab() -> None:
    """moto would run a subscribed function in Docker; the lab delivers to functions itself."""
    LambdaBackend.send_sns_message = lambda *_args, **_kwargs: None


def show_reservation_of_none() -> None:
    """GetFunction shows a reserved concurrency of 0, by which Terraform notices it; moto leaves 0 out."""
    get_code = LambdaFunction.get_code

    def get_code_with_zero(self):
        answer = get_code(self)
        if self.reserved_concurrency is not None:
            reserved = int(self.reserved_concurrency)
            answer["Concurrency"] = {"ReservedConcurrentExecutions": reserved}
        return answer

    LambdaFunction.get_code = get_code_with_zero


def add_user_permissions_boundaries() -> None:
    """PutUserPermissionsBoundary, DeleteUserPermissionsBoundary, and boundaries in CreateUser and GetUser."""
    create_user = IamResponse.create_user

    def permissions_boundary(user):
        arn = getattr(user, "permissions_boundary_arn", None)
        if arn is None:
            return None
        return {"PermissionsBoundaryType": "PermissionsBoundaryPolicy", "PermissionsBoundaryArn": arn}

    def put_boundary(self):
        arn = self._get_param("PermissionsBoundary")
        user = self.backend.get_user(self._get_param("UserName"))
        self.backend.get_policy(arn)
        user.permissions_boundary_arn = arn
        return EmptyResult()

    def delete_boundary(self):
        self.backend.get_user(self._get_param("UserName")).permissions_boundary_arn = None
        return EmptyResult()

    def create_user_within_boundary(self):
        arn = self._get_param("PermissionsBoundary")
        if arn is not None:
            self.backend.get_policy(arn)
        result = create_user(self)
        if arn is not None:
            user = self.backend.get_user(self._get_param("UserName"))
            user.permissions_boundary_arn = arn
            return ActionResult({"User": user})
        return result

    User.permissions_boundary = property(permissions_boundary)
    IamResponse.create_user = create_user_within_boundary
    IamResponse.put_user_permissions_boundary = put_boundary
    IamResponse.delete_user_permissions_boundary = delete_boundary


def keep_the_labs_time_in_logs() -> None:
    """Times of log lines, and what is too old or too new for a log group, are by the lab's clock."""
    machine_now = logs.utcnow
    to_millis = logs.unix_time_millis

    def lab_now():
        millis = request.headers.get("x-lab-time") if has_request_context() else None
        if millis is None:
            return machine_now()
        return datetime.fromtimestamp(int(millis) / 1000, timezone.utc).replace(tzinfo=machine_now().tzinfo)

    logs.utcnow = lab_now
    logs.unix_time_millis = lambda dt=None: to_millis(dt or lab_now())


def find_services_once() -> None:
    """For each request moto lists its own folder to find the service of a host: a third of its work."""
    find = DomainDispatcherApplication.get_backend_for_host
    DomainDispatcherApplication.get_backend_for_host = functools.lru_cache(maxsize=None)(find)


def apply() -> None:
    take_given_organization_ids()
    replace_event_invoke_config_on_put()
    leave_functions_to_the_lab()
    show_reservation_of_none()
    add_user_permissions_boundaries()
    keep_the_labs_time_in_logs()
    find_services_once()
    iam_rules.apply()
    sns_confirmations.apply()
