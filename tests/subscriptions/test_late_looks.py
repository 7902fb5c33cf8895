"""A look at PayPal that was taken before a change, and is applied after it: what is known since then stays."""

from dataclasses import replace

import pytest
from support import paypal
from support.acting import changes_of, ended, journal_of, verified
from support.builders import a_subscription
from support.running import fresh, in_app

from kooneo.clock import local_date, now
from kooneo.extensions import transaction
from kooneo.paypal import RemoteSubscription
from kooneo.settings.services import gateway_for, paypal_account
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.services.conclude import agree, follow

pytestmark = pytest.mark.usefixtures("app")


@in_app
def _look(subscription: Subscription) -> RemoteSubscription:
    """Asked now; who asked may be slow to write it down."""
    account = paypal_account(subscription.merchant_id)
    assert account is not None
    return gateway_for(account).get_subscription(str(subscription.paypal_id))


@in_app
def _apply(subscription: Subscription, remote: RemoteSubscription) -> None:
    follow(subscription.id, remote, None)


@in_app
def _agree(subscription: Subscription, remote: RemoteSubscription) -> bool:
    with transaction():
        return agree(subscription.merchant_id, remote)


def test_a_pause_and_the_day_on_which_it_ends_survive_a_late_look() -> None:
    subscription, day = a_subscription(), local_date(now(), "Europe/Paris")
    remote = _look(subscription)
    subscription, _ = ended(subscription, "pause", resume_on=day)
    _apply(subscription, remote)
    after = verified(subscription)
    assert (after.status, after.paused, after.resume_on) == ("suspended", True, day)
    assert len(journal_of(subscription)) == 2, "the wish, and its end"


def test_what_was_cancelled_meanwhile_is_not_said_to_charge() -> None:
    subscription = a_subscription()
    remote = _look(subscription)
    subscription, _ = ended(subscription, "cancel")
    _apply(subscription, remote)
    after = fresh(subscription)
    assert (after.status, after.check_problem) == ("cancelled", None)
    assert len(changes_of(subscription)) == 1


@pytest.mark.parametrize("dated", [True, False])
def test_where_paypals_clock_does_not_tell_that_a_change_was_settled_since_decides(dated: bool) -> None:
    """Its instants are of one second, or one of them is missing."""
    subscription = a_subscription()
    remote = _look(subscription)
    subscription, _ = ended(subscription, "pause")
    _apply(subscription, replace(remote, status_updated_at=subscription.paypal_status_at if dated else None))
    assert (fresh(subscription).status, fresh(subscription).paused) == ("suspended", True)


def test_of_two_looks_the_one_that_paypal_dates_later_counts() -> None:
    """Suspended at PayPal itself: no change of ours tells that the first look is the older one."""
    subscription = a_subscription()
    first = _look(subscription)
    paypal.change(str(subscription.paypal_id), status="SUSPENDED")
    assert verified(subscription).status == "suspended"
    _apply(subscription, first)
    assert fresh(subscription).status == "suspended"


def test_the_list_takes_no_facts_from_before_a_change() -> None:
    subscription = a_subscription()
    remote = _look(subscription)
    ended(subscription, "pause")
    ended(subscription, "reactivate")
    assert not _agree(subscription, remote)
    assert _agree(subscription, _look(subscription))
