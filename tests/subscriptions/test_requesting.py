"""Asking for a change: what is written down, what is refused, what happens when the same is asked again."""

import pytest
from support import paypal
from support.acting import (
    NORA,
    ask,
    attempt,
    changes_of,
    ended,
    journal_details,
    journal_findings,
    journal_of,
    rewrite,
)
from support.builders import a_member, a_merchant, a_subscription, actor, merchant_of
from support.running import fresh

from kooneo.subscriptions.lifecycle import (
    ENDED,
    ENDING,
    IN_FORCE,
    Action,
    Gateway,
    NotAllowed,
    Standing,
    SubscriptionStatus,
    transition,
)
from kooneo.subscriptions.models import ChangeState
from kooneo.subscriptions.services.request import ChangeInProgress, KeyReused, KeysMissing

pytestmark = pytest.mark.usefixtures("app")

KEY = "3f0c9b0e-form"


def test_the_wish_is_written_down_and_nothing_else_changes_yet() -> None:
    subscription = a_subscription()
    member = a_member(merchant_of(subscription), name="Paul Roy")
    change = ask(subscription, "cancel", by=actor(member), key=KEY, reason="Déménage")
    assert (change.state, change.from_status, change.wished_status, change.to_status) == (
        ChangeState.OPEN,
        SubscriptionStatus.ACTIVE,
        SubscriptionStatus.CANCELLED,
        None,
    )
    assert (change.actor_kind, change.actor_id, change.actor_name, change.reason) == (
        "member",
        member.id,
        "Paul Roy",
        "Déménage",
    )
    assert fresh(subscription).status == SubscriptionStatus.ACTIVE
    assert journal_of(subscription) == [("subscription.cancel_requested", "active", None)]
    assert paypal.calls(subscription.paypal_id) == []


@pytest.mark.parametrize("status", SubscriptionStatus)
@pytest.mark.parametrize("action", ENDING)
def test_only_what_the_table_allows_is_taken(action: Action, status: SubscriptionStatus) -> None:
    subscription = a_subscription(status=status)
    try:
        transition(action, Standing(status))
    except NotAllowed:
        with pytest.raises(NotAllowed):
            ask(subscription, action)
        assert changes_of(subscription) == []
        assert journal_of(subscription) == []
    else:
        assert ask(subscription, action).action == action


@pytest.mark.parametrize(("action", "status"), [("abandon", "cancelled"), ("cancel", "abandoned")])
def test_between_the_two_interruptions_paypal_is_not_asked(action: str, status: str) -> None:
    subscription = a_subscription(status=status)
    change = ask(subscription, action, reason="Ne revient pas")
    after = fresh(subscription)
    assert (change.state, change.to_status, after.status) == (ChangeState.DONE, after.status, change.wished_status)
    assert (after.ended_at, after.open_at_end) == (subscription.ended_at, subscription.open_at_end)
    assert journal_of(subscription) == [(f"subscription.{after.status}", status, after.status)]
    assert paypal.calls(subscription.paypal_id) == []


@pytest.mark.parametrize("status", [status for status in IN_FORCE if status != SubscriptionStatus.PENDING])
@pytest.mark.parametrize("action", ENDING)
def test_what_is_paid_outside_paypal_ends_at_once(action: Action, status: SubscriptionStatus) -> None:
    subscription = a_subscription(status=status, gateway=Gateway.MANUAL)
    change = ask(subscription, action)
    after = fresh(subscription)
    assert (change.state, after.status, after.next_billing_at) == (ChangeState.DONE, change.wished_status, None)
    assert after.ended_at is not None
    assert after.open_at_end == status.opens_content
    assert journal_of(subscription) == [(f"subscription.{after.status}", status, after.status)]


def test_without_paypal_what_is_paid_outside_needs_no_keys() -> None:
    subscription = a_subscription(merchant=a_merchant(keys=False), gateway=Gateway.MANUAL)
    assert ask(subscription, "cancel").state == ChangeState.DONE


def test_without_keys_nothing_is_taken() -> None:
    subscription = a_subscription(merchant=a_merchant(keys=False))
    with pytest.raises(KeysMissing):
        ask(subscription, "cancel")
    assert changes_of(subscription) == []
    assert journal_of(subscription) == []


def test_the_same_form_sent_twice_is_one_change() -> None:
    subscription = a_subscription()
    first = ask(subscription, "cancel", key=KEY, reason="Déménage")
    assert ask(subscription, "cancel", key=KEY, reason="Déménage").id == first.id
    assert len(changes_of(subscription)) == 1
    assert len(journal_of(subscription)) == 1


def test_the_same_form_after_it_was_carried_out_answers_the_same() -> None:
    subscription = a_subscription()
    first = attempt(ask(subscription, "cancel", key=KEY))
    again = ask(subscription, "cancel", key=KEY)
    assert (again.id, again.state) == (first.id, ChangeState.DONE)
    assert paypal.cancellations(subscription.paypal_id) == 1


@pytest.mark.parametrize("other", [{"action": "complete"}, {"reason": "Autre motif"}, {"subscription": True}])
def test_the_same_form_with_another_content_is_refused(other: dict[str, object]) -> None:
    subscription = a_subscription()
    ask(subscription, "cancel", key=KEY)
    another = a_subscription(merchant=merchant_of(subscription)) if other.pop("subscription", False) else subscription
    with pytest.raises(KeyReused):
        ask(another, **({"action": "cancel", "key": KEY} | other))
    assert len(changes_of(subscription)) == 1
    assert journal_findings(subscription.merchant_id) == []


def test_another_merchants_form_may_have_the_same_key() -> None:
    one, other = a_subscription(), a_subscription()
    assert ask(one, "cancel", key=KEY).id != ask(other, "cancel", key=KEY).id


@pytest.mark.parametrize("action", ENDING)
def test_a_second_wish_is_told_who_was_first(action: Action) -> None:
    subscription = a_subscription()
    first = ask(subscription, "cancel", by=NORA)
    with pytest.raises(ChangeInProgress) as refusal:
        ask(subscription, action, by=actor(a_member(merchant_of(subscription), name="Paul Roy")))
    assert refusal.value.change_id == first.id
    assert fresh(first).actor_name == "Nora Petit"
    assert len(changes_of(subscription)) == 1
    assert len(journal_of(subscription)) == 1


def test_an_unanswered_wish_blocks_the_next_one_too() -> None:
    subscription = a_subscription()
    paypal.fails(subscription.paypal_id, "get", "503", times=0)
    assert attempt(ask(subscription, "cancel")).state == ChangeState.UNKNOWN
    with pytest.raises(ChangeInProgress):
        ask(subscription, "complete")


def test_the_database_itself_allows_one_unsettled_change() -> None:
    subscription = a_subscription()
    first = attempt(ask(subscription, "cancel"))
    rewrite(subscription, status="active")
    ask(subscription, "complete")
    with pytest.raises(Exception, match=r"(?i)unique"):
        rewrite(first, state="unknown")


def test_after_a_settled_change_the_next_one_is_taken() -> None:
    subscription = a_subscription()
    ended(subscription, "cancel")
    assert ask(subscription, "abandon").state == ChangeState.DONE
    assert fresh(subscription).status == SubscriptionStatus.ABANDONED


def test_somebody_who_still_sees_the_old_status_is_refused_by_the_new_one() -> None:
    seen = a_subscription()
    ended(seen, "cancel")
    with pytest.raises(NotAllowed) as refusal:
        ask(seen, "complete")
    assert refusal.value.status == SubscriptionStatus.CANCELLED


def test_the_reason_is_the_merchants_own() -> None:
    """PayPal may show its copy to the buyer: it gets a fixed neutral text."""
    subscription = a_subscription()
    ended(subscription, "cancel", reason="Client pénible")
    told = [call["body"] for call in paypal.calls(subscription.paypal_id, "cancel")]
    assert told == [{"reason": "Arrêt demandé"}]
    assert {line.get("reason") for line in journal_details(subscription)} == {"Client pénible"}


@pytest.mark.parametrize("status", ENDED)
def test_what_has_ended_can_not_be_completed(status: SubscriptionStatus) -> None:
    with pytest.raises(NotAllowed):
        ask(a_subscription(status=status), "complete")
