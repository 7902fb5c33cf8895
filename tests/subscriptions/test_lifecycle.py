"""The table of section 2 of the design, written out a second time: every action from every status."""

import pytest

from kooneo.subscriptions.lifecycle import (
    ENDED,
    ENDING,
    IN_FORCE,
    TRANSITIONS,
    Action,
    AtPayPal,
    Gateway,
    NotAllowed,
    Standing,
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
    ("correct", "completed"): ("cancelled", "nothing"),
    ("correct", "cancelled"): ("completed", "nothing"),
    ("correct", "abandoned"): ("completed", "nothing"),
    ("pause", "active"): ("suspended", "suspend"),
}
EVERY = [(action, status) for action in Action for status in SubscriptionStatus]


@pytest.mark.parametrize(("action", "status"), [pair for pair in EVERY if pair in ALLOWED])
def test_allowed_action(action: Action, status: SubscriptionStatus) -> None:
    step = transition(action, Standing(status))
    assert (step.target, step.at_paypal) == ALLOWED[action, status]


@pytest.mark.parametrize(("action", "status"), [pair for pair in EVERY if pair not in ALLOWED])
def test_refused_action(action: Action, status: SubscriptionStatus) -> None:
    with pytest.raises(NotAllowed) as refusal:
        transition(action, Standing(status))
    assert (refusal.value.action, refusal.value.status) == (action, status)


@pytest.mark.parametrize("status", SubscriptionStatus)
def test_buttons_are_the_allowed_actions(status: SubscriptionStatus) -> None:
    assert {(action, status) for action in actions_from(Standing(status))} == {
        pair for pair in ALLOWED if pair[1] == status
    }


def test_one_row_decides_about_each_action_status_and_target() -> None:
    rows = [(row.action, source, row.target) for row in TRANSITIONS for source in row.sources]
    assert len(rows) == len(set(rows))


def test_a_pause_is_ended_here_and_paypals_own_suspension_is_not() -> None:
    suspended = SubscriptionStatus.SUSPENDED
    step = transition(Action.REACTIVATE, Standing(suspended, paused=True))
    assert (step.target, step.at_paypal) == (SubscriptionStatus.ACTIVE, AtPayPal.ACTIVATE)
    with pytest.raises(NotAllowed):
        transition(Action.REACTIVATE, Standing(suspended))


@pytest.mark.parametrize("status", ENDED)
def test_only_a_manual_one_is_reopened(status: SubscriptionStatus) -> None:
    step = transition(Action.REOPEN, Standing(status, Gateway.MANUAL))
    assert (step.target, step.at_paypal) == (SubscriptionStatus.ACTIVE, AtPayPal.NOTHING)
    with pytest.raises(NotAllowed):
        transition(Action.REOPEN, Standing(status))


@pytest.mark.parametrize("to", ["cancelled", "abandoned"])
def test_a_completed_one_is_corrected_to_what_it_should_have_been(to: str) -> None:
    step = transition(Action.CORRECT, Standing(SubscriptionStatus.COMPLETED), to=SubscriptionStatus(to))
    assert (step.target, step.reason_required) == (to, True)
    with pytest.raises(NotAllowed):
        transition(Action.CORRECT, Standing(SubscriptionStatus.COMPLETED), to=SubscriptionStatus.ACTIVE)


def test_whatever_ends_a_running_subscription_stops_the_payments() -> None:
    ending = [row for row in TRANSITIONS if set(row.sources) & set(IN_FORCE) and row.target.ended]
    assert {row.action for row in ending} == set(ENDING)
    assert all(row.at_paypal == AtPayPal.CANCEL for row in ending)


def test_content_is_open_while_payments_are_expected_and_only_then() -> None:
    assert {status for status in SubscriptionStatus if status.opens_content} == {"active", "past_due"}
