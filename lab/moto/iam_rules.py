"""Rules of IAM that moto lacks: quotas and sizes, tag keys without regard to case, and conditions for deletions."""

import functools
import inspect

from moto.core.responses import ActionResult
from moto.iam.exceptions import DeleteConflictException, EntityAlreadyExists, LimitExceededException
from moto.iam.models import IAMBackend
from moto.iam.responses import IamResponse

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
POLICIES_PER_USER = 10
TAGS_PER_USER = 50
# Of all inline policies together.
INLINE_CHARACTERS = {"user": 2048, "role": 10240, "group": 5120}
MANAGED_CHARACTERS = 6144
TRUST_CHARACTERS = 2048


def characters(document):
    """IAM does not count white space."""
    return len("".join(document.split()))


def limit_managed_policies() -> None:
    attach = IAMBackend.attach_user_policy

    def attach_within_quota(self, policy_arn, user_name):
        attached = self.get_user(user_name).managed_policies
        if policy_arn in attached:
            return None
        if len(attached) >= POLICIES_PER_USER:
            raise LimitExceededException(f"Cannot exceed quota for PoliciesPerUser: {POLICIES_PER_USER}")
        return attach(self, policy_arn, user_name)

    IAMBackend.attach_user_policy = attach_within_quota


def limit_inline_policies() -> None:
    def limit(kind):
        name = f"put_{kind}_policy"
        put = getattr(IAMBackend, name)
        maximum = INLINE_CHARACTERS[kind]

        def put_within_quota(self, entity_name, policy_name, policy_json):
            others = {**getattr(self, f"get_{kind}")(entity_name).policies}
            others.pop(policy_name, None)
            if sum(map(characters, others.values())) + characters(policy_json) > maximum:
                raise LimitExceededException(
                    f"Maximum policy size of {maximum} bytes exceeded for {kind} {entity_name}"
                )
            return put(self, entity_name, policy_name, policy_json)

        setattr(IAMBackend, name, put_within_quota)

    for kind in INLINE_CHARACTERS:
        limit(kind)


def limit_policy_documents() -> None:
    """Managed policies and trust policies have a maximum each."""

    def limit(name, parameter, maximum, quota):
        method = getattr(IAMBackend, name)
        signature = inspect.signature(method)

        # Keeps the signature, by which a rule after this one finds its parameters.
        @functools.wraps(method)
        def within_quota(self, *arguments, **named):
            document = signature.bind(self, *arguments, **named).arguments[parameter]
            if characters(document) > maximum:
                raise LimitExceededException(f"Cannot exceed quota for {quota}: {maximum}")
            return method(self, *arguments, **named)

        setattr(IAMBackend, name, within_quota)

    limit("create_policy", "policy_document", MANAGED_CHARACTERS, "PolicySize")
    limit("create_policy_version", "policy_document", MANAGED_CHARACTERS, "PolicySize")
    limit("create_role", "assume_role_policy_document", TRUST_CHARACTERS, "ACLSizePerRole")
    limit("update_assume_role_policy", "policy_document", TRUST_CHARACTERS, "ACLSizePerRole")


def fold_case_of_user_tags() -> None:
    """A tag replaces one whose key differs only in case (IAM guide, "Tags", "Case sensitivity")."""
    untag = IAMBackend.untag_user
    tag = IAMBackend.tag_user

    def variants(self, name, keys):
        tags = self.tagger.get_tag_dict_for_resource(self.get_user(name).arn)
        wanted = {key.lower() for key in keys}
        return [key for key in tags if key.lower() in wanted], tags

    def tag_replacing(self, name, tags):
        replaced, present = variants(self, name, [each["Key"] for each in tags])
        if len(present) - len(replaced) + len(tags) > TAGS_PER_USER:
            raise LimitExceededException(f"Cannot exceed quota for TagsPerUser: {TAGS_PER_USER}")
        if replaced:
            untag(self, name, replaced)
        return tag(self, name, tags)

    def untag_any_case(self, name, tag_keys):
        return untag(self, name, variants(self, name, tag_keys)[0])

    IAMBackend.tag_user = tag_replacing
    IAMBackend.untag_user = untag_any_case


def keep_tags_of_renamed_users() -> None:
    """
    A user keeps its tags under another name or path, as everything that belongs to it (IAM guide, "Rename an IAM
    user"), and takes no other's name. moto keeps tags by the ARN.
    """
    update = IAMBackend.update_user

    def update_with_tags(self, user_name, new_path=None, new_user_name=None):
        user = self.get_user(user_name)
        if new_user_name and new_user_name != user_name and new_user_name in self.users:
            raise EntityAlreadyExists(f"User with name {new_user_name} already exists.")
        arn = user.arn
        update(self, user_name, new_path, new_user_name)
        if user.arn != arn:
            self.tagger.copy_tags(arn, user.arn)
            self.tagger.delete_all_tags_for_resource(arn)

    IAMBackend.update_user = update_with_tags


def refuse_deleting_what_is_in_use() -> None:
    delete_policy = IAMBackend.delete_policy
    delete_user = IAMBackend.delete_user

    def delete_unattached_policy(self, policy_arn):
        arn = self.get_policy(policy_arn).arn
        entities = [*self.users.values(), *self.roles.values(), *self.groups.values()]
        for entity in entities:
            if arn in entity.managed_policies or arn == getattr(entity, "permissions_boundary_arn", None):
                raise DeleteConflictException("Cannot delete a policy attached to entities.")
        return delete_policy(self, policy_arn)

    def delete_bare_user(self, user_name):
        user = self.get_user(user_name)
        in_groups = any(user in group.users for group in self.groups.values())
        for in_use, message in [
            (in_groups, "must remove users from group first"),
            (user.password, "must delete login profile first"),
            (user.access_keys, "must delete access keys first"),
            (user.mfa_devices, "must delete MFA device first"),
            (user.ssh_public_keys, "must delete SSH public keys first"),
            (user.signing_certificates, "must delete signing certificates first"),
        ]:
            if in_use:
                raise DeleteConflictException(f"Cannot delete entity, {message}.")
        return delete_user(self, user_name)

    IAMBackend.delete_policy = delete_unattached_policy
    IAMBackend.delete_user = delete_bare_user


def answer_service_specific_credentials() -> None:
    """No user has any: the lab cannot make them, so the list is empty."""

    def list_service_specific_credentials(self):
        name = self._get_param("UserName")
        if name is not None:
            self.backend.get_user(name)
        return ActionResult({"ServiceSpecificCredentials": []})

    IamResponse.list_service_specific_credentials = list_service_specific_credentials


def refuse_unknown_boundaries_of_roles() -> None:
    """NoSuchEntity (IAM API reference, "CreateRole", "PutRolePermissionsBoundary"), as patches.py does for users."""

    def require(name):
        method = getattr(IAMBackend, name)
        signature = inspect.signature(method)

        @functools.wraps(method)
        def within_known_boundary(self, *arguments, **named):
            arn = signature.bind(self, *arguments, **named).arguments.get("permissions_boundary")
            if arn and self.policy_arn_regex.match(arn):
                self.get_policy(arn)
            return method(self, *arguments, **named)

        setattr(IAMBackend, name, within_known_boundary)

    require("create_role")
    require("put_role_permissions_boundary")


def apply() -> None:
    limit_managed_policies()
    limit_inline_policies()
    limit_policy_documents()
    fold_case_of_user_tags()
    keep_tags_of_renamed_users()
    refuse_deleting_what_is_in_use()
    refuse_unknown_boundaries_of_roles()
    answer_service_specific_credentials()
