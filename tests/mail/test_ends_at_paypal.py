"""The owner is told of an end that came about at PayPal: once, however it was found."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from support import paypal
from support.acting import ask, attempt, verified
from support.builders import a_member, a_subscription, customer_of, merchant_of
from support.mail import outbox
from support.reconciling import reconciled
from support.running import fresh
from support.webhooks import an_event_about, attempt_to_process

from kooneo.accounts.models import TeamMember
from kooneo.clock import now
from kooneo.language import typeset
from kooneo.mail.models import MailKind
from kooneo.subscriptions.models import Subscription

pytestmark = pytest.mark.usefixtures("app")

Find = Callable[[Subscription], object]


def _by_notification(subscription: Subscription) -> None:
    attempt_to_process(an_event_about(subscription, "BILLING.SUBSCRIPTION.CANCELLED"))


def _by_reconciliation(subscription: Subscription) -> None:
    reconciled(merchant_of(subscription))


WAYS = [_by_notification, _by_reconciliation, verified]


def _owned(**facts: object) -> tuple[Subscription, TeamMember]:
    subscription = a_subscription(**facts)  # type: ignore[arg-type]
    return subscription, a_member(merchant_of(subscription))


@pytest.mark.parametrize("find", WAYS)
def test_the_owner_is_told_once(find: Find) -> None:
    subscription, owner = _owned()
    paypal.change(subscription.paypal_id, status="CANCELLED")
    for way in (find, *WAYS):
        way(subscription)
    assert fresh(subscription).status == "cancelled"
    (message,) = outbox(merchant_of(subscription))
    assert (message.kind, message.recipient) == (MailKind.ENDED_MERCHANT, owner.email)
    customer = customer_of(subscription)
    title = typeset(f"L'abonnement de {customer.name} à « Atelier du mardi » a été annulé chez PayPal")
    assert message.subject == title
    text = message.text or ""
    for told in (title, customer.email, str(subscription.paypal_id), f"/customers/{customer.id}/subscriptions"):
        assert told in text


@pytest.mark.parametrize("find", WAYS)
@pytest.mark.parametrize("status", ["EXPIRED", "SUSPENDED"])
def test_of_what_is_no_cancellation_nobody_is_told(find: Find, status: str) -> None:
    subscription, _ = _owned()
    paypal.change(subscription.paypal_id, status=status)
    find(subscription)
    assert fresh(subscription).status != "active"
    assert outbox(merchant_of(subscription)) == []


@pytest.mark.parametrize("find", WAYS)
def test_what_was_ended_here_is_told_by_its_own_message_alone(find: Find) -> None:
    subscription, _ = _owned()
    change = ask(subscription, "cancel")
    paypal.change(subscription.paypal_id, status="CANCELLED")
    find(subscription)
    attempt(change)
    find(subscription)
    assert [message.kind for message in outbox(merchant_of(subscription))] == [MailKind.ENDED_CUSTOMER]


@pytest.mark.parametrize("find", WAYS)
def test_old_news_comes_without_messages(find: Find) -> None:
    """F36: a database from before, or new keys, bring many ends to light at once."""
    subscription, _ = _owned()
    long_ago = (now() - timedelta(days=4)).strftime("%Y-%m-%dT%H:%M:%SZ")
    paypal.change(subscription.paypal_id, status="CANCELLED", status_update_time=long_ago)
    find(subscription)
    assert fresh(subscription).status == "cancelled"
    assert outbox(merchant_of(subscription)) == []
