"""Subscriptions of mail addresses wait until they are confirmed; moto confirms every subscription at once.

Sources: SNS API reference, "Subscribe", "ConfirmSubscription", "ListSubscriptionsByTopic"; SNS guide, "Deleting an
Amazon SNS topic and subscription": one that is pending cannot be deleted, and is gone after 48 hours.
"""

from datetime import datetime

from flask import request
from moto.core.responses import ActionResult
from moto.sns.exceptions import SNSInvalidParameter
from moto.sns.models import SNSBackend, Topic
from moto.sns.responses import SNSResponse

MAILED = ("email", "email-json")
PENDING_MS = 48 * 3_600_000


def now_ms() -> int:
    """The lab's time, which it sends along."""
    millis = request.headers.get("x-lab-time")
    return int(millis) if millis is not None else int(datetime.now().timestamp() * 1000)


def is_pending(subscription) -> bool:
    return subscription.attributes.get("PendingConfirmation") is True


def drop_expired(backend) -> None:
    for arn, subscription in list(backend.subscriptions.items()):
        if is_pending(subscription) and now_ms() - max(subscription.tokens.values()) > PENDING_MS:
            backend.subscriptions.pop(arn)


def apply() -> None:
    subscribe = SNSResponse.subscribe

    def pending_subscribe(self):
        drop_expired(self.backend)
        wanted = (self._get_param("TopicArn"), self._get_param("Endpoint"), self._get_param("Protocol"))
        known = self.backend._find_subscription(*wanted)
        answer = subscribe(self)
        subscription = self.backend._find_subscription(*wanted)
        if subscription is None or subscription.protocol not in MAILED or (known and not is_pending(known)):
            return answer
        if not known:
            subscription.tokens = {}
            subscription.attributes["PendingConfirmation"] = True
            subscription.attributes["ConfirmationWasAuthenticated"] = False
        # The lab mails the token that it sends along: no answer of SNS has it.
        subscription.tokens[request.headers.get("x-lab-token")] = now_ms()
        shows_arn = str(self._get_param("ReturnSubscriptionArn")).lower() == "true"
        return ActionResult({"SubscriptionArn": subscription.arn if shows_arn else "pending confirmation"})

    def confirm(self):
        arn = self._get_param("TopicArn")
        self.backend.get_topic(arn)
        drop_expired(self.backend)
        token = self._get_param("Token")
        for subscription in self.backend.subscriptions.values():
            if subscription.topic_arn == arn and token in getattr(subscription, "tokens", {}):
                if now_ms() - subscription.tokens[token] > PENDING_MS:
                    break
                if is_pending(subscription):
                    authenticated = str(self._get_param("AuthenticateOnUnsubscribe")).lower() == "true"
                    subscription.attributes["PendingConfirmation"] = False
                    subscription.attributes["ConfirmationWasAuthenticated"] = authenticated
                return ActionResult({"SubscriptionArn": subscription.arn})
        raise SNSInvalidParameter("Invalid parameter: Token")

    def unsubscribe(self):
        drop_expired(self.backend)
        subscription = self.backend.subscriptions.get(self._get_param("SubscriptionArn"))
        if subscription is not None and is_pending(subscription):
            raise SNSInvalidParameter(
                "Invalid parameter: SubscriptionArn Reason: Cannot unsubscribe a subscription that is pending confirmation"
            )
        return unsubscribe_confirmed(self)

    unsubscribe_confirmed = SNSResponse.unsubscribe
    SNSResponse.subscribe = pending_subscribe
    SNSResponse.confirm_subscription = confirm
    SNSResponse.unsubscribe = unsubscribe
    SNSResponse.list_subscriptions = listing(SNSResponse.list_subscriptions)
    SNSResponse.list_subscriptions_by_topic = listing(SNSResponse.list_subscriptions_by_topic)
    SNSResponse.get_subscription_attributes = without_expired(SNSResponse.get_subscription_attributes)
    Topic.subscriptions_pending = counted(True)
    Topic.subscriptions_confimed = counted(False)  # moto's spelling


def without_expired(respond):
    def respond_without_expired(self):
        drop_expired(self.backend)
        return respond(self)

    return respond_without_expired


def listing(respond):
    """The ARN of a subscription is not shown while it is pending."""

    def list_subscriptions(self):
        result = without_expired(respond)(self).result
        return ActionResult({**result, "Subscriptions": [shown(each) for each in result["Subscriptions"]]})

    return list_subscriptions


def shown(subscription):
    if not is_pending(subscription):
        return subscription
    return {
        "SubscriptionArn": "PendingConfirmation",
        "Owner": subscription.owner,
        "Protocol": subscription.protocol,
        "Endpoint": subscription.endpoint,
        "TopicArn": subscription.topic_arn,
    }


def counted(pending: bool):
    """The number of a topic's subscriptions, which moto never counts. moto's own 0 is ignored."""

    def count(self) -> int:
        ours = [each for each in self.sns_backend.subscriptions.values() if each.topic_arn == self.arn]
        return len([each for each in ours if is_pending(each) == pending])

    return property(count, lambda self, _value: None)
