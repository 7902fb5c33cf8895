"""The table of section 2 of the design, written out a second time: every action from every status."""

import pytest

from kooneo.subscriptions.lifecycle import (
    ENDED,
    IN_FORCE,
    TRANSITIONS,
    Action,
    AtPayPal,
    NotAllowed,
    SubscriptionStatus,
    actions_from,
    transition,
)

pytestmark = pytest.mark.any_engine

# action, status -> what it becomes, and what PayPal is told. Everything that is not here is refused.
ALLOWED = {
    ("cancel", "pending"): ("cancelled", "cancel"),
    ("cancel", "active"): ("cancelled", "cancel"),
    ("cancel", "past_due"): ("cancelled", "cancel"),
    ("cancel", "suspended"): ("cancelled", "cancel"),
    ("cancel", "abandoned"): ("cancelled", "nothing"),
    ("complete", "active"): ("completed", "cancel"),
    ("complete", "past_due"): ("completed", "cancel"),
    ("complete", "suspended"): ("completed", "cancel"),
    ("abandon", "pending"): ("abandoned", "cancel"),
    ("abandon", "active"): ("abandoned", "cancel"),
    ("abandon", "past_due"): ("abandoned", "cancel"),
    ("abandon", "suspended"): ("abandoned", "cancel"),
    ("abandon", "cancelled"): ("abandoned", "nothing"),
}
EVERY = [(action, status) for action in Action for status in SubscriptionStatus]


@pytest.mark.parametrize(("action", "status"), [pair for pair in EVERY if pair in ALLOWED])
def test_allowed_action(action: Action, status: SubscriptionStatus) -> None:
    step = transition(action, status)
    assert (step.target, step.at_paypal) == ALLOWED[action, status]


@pytest.mark.parametrize(("action", "status"), [pair for pair in EVERY if pair not in ALLOWED])
def test_refused_action(action: Action, status: SubscriptionStatus) -> None:
    with pytest.raises(NotAllowed) as refusal:
        transition(action, status)
    assert (refusal.value.action, refusal.value.status) == (action, status)


@pytest.mark.parametrize("status", SubscriptionStatus)
def test_buttons_are_the_allowed_actions(status: SubscriptionStatus) -> None:
    assert {(action, status) for action in actions_from(status)} == {pair for pair in ALLOWED if pair[1] == status}


def test_one_row_decides_about_each_action_and_status() -> None:
    pairs = [(row.action, source) for row in TRANSITIONS for source in row.sources]
    assert len(pairs) == len(set(pairs))


def test_whatever_leaves_a_running_subscription_stops_the_payments() -> None:
    assert all(row.at_paypal == AtPayPal.CANCEL for row in TRANSITIONS if set(row.sources) & set(IN_FORCE))


def test_every_target_has_ended() -> None:
    assert {row.target for row in TRANSITIONS} == set(ENDED)


def test_content_is_open_while_payments_are_expected_and_only_then() -> None:
    assert {status for status in SubscriptionStatus if status.opens_content} == {"active", "past_due"}
