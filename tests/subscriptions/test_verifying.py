"""Asking PayPal how things are."""

import pytest
from support import paypal
from support.acting import journal_of, verified
from support.builders import a_merchant, a_subscription

from kooneo.subscriptions.lifecycle import Gateway
from kooneo.subscriptions.services.request import KeysMissing

pytestmark = pytest.mark.usefixtures("app")


@pytest.mark.parametrize(
    ("at_paypal", "status"),
    [("ACTIVE", "active"), ("SUSPENDED", "suspended"), ("CANCELLED", "cancelled"), ("EXPIRED", "completed")],
)
def test_the_record_follows_what_paypal_says(at_paypal: str, status: str) -> None:
    subscription = a_subscription()
    paypal.change(subscription.paypal_id, status=at_paypal)
    after = verified(subscription)
    assert (after.status, after.check_problem) == (status, None)
    assert after.checked_at is not None
    told = [] if status == "active" else [(f"subscription.{status}", "active", status)]
    assert journal_of(subscription) == told


def test_what_ended_here_and_runs_at_paypal_is_not_reopened_silently() -> None:
    subscription = a_subscription(status="cancelled", at_paypal={"status": "ACTIVE"})
    after = verified(subscription)
    assert (after.status, after.check_problem) == ("cancelled", "charging")


@pytest.mark.parametrize("status", ["completed", "abandoned"])
def test_paypals_cancelled_never_turns_an_end_into_another(status: str) -> None:
    subscription = a_subscription(status=status, at_paypal={"status": "CANCELLED"})
    assert verified(subscription).status == status


@pytest.mark.parametrize(("kind", "problem"), [("403", "permission"), ("404", "not_found"), ("503", "unreachable")])
def test_a_look_that_failed_changes_nothing_and_says_why(kind: str, problem: str) -> None:
    subscription = a_subscription()
    paypal.fails(subscription.paypal_id, "get", kind)
    after = verified(subscription)
    assert (after.status, after.check_problem) == ("active", problem)
    assert verified(subscription).check_problem is None


def test_without_paypal_there_is_nothing_to_ask() -> None:
    for subscription in (
        a_subscription(gateway=Gateway.MANUAL),
        a_subscription(merchant=a_merchant(keys=False)),
    ):
        with pytest.raises(KeysMissing):
            verified(subscription)
