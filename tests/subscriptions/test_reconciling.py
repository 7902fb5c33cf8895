"""Every night Kooneo and PayPal are compared, and the record follows what PayPal says."""

from datetime import timedelta

import pytest
from support import paypal
from support.acting import ask, attempt, changes_of, journal_of, later, rewrite, run_schedule
from support.builders import a_merchant, a_product, a_subscription, an_offer, client_id_of, merchant_of
from support.reconciling import begin, latest_run, reconciled, step, to_its_end, when_due
from support.running import fresh

from kooneo.clock import now
from kooneo.subscriptions.lifecycle import ENDED, Gateway
from kooneo.subscriptions.models import ChangeState, Subscription
from kooneo.subscriptions.services.reconciliation.begin import begin_everywhere, catch_up
from kooneo.subscriptions.services.request import KeysMissing

pytestmark = pytest.mark.usefixtures("app")

WITH_LIST, WITHOUT_LIST = "with PayPal's list", "without it"


@pytest.fixture(params=[WITH_LIST, WITHOUT_LIST])
def _the_list(request: pytest.FixtureRequest) -> None:
    """The same rules, whether PayPal lists subscriptions or answers to a question for each."""
    if request.param == WITHOUT_LIST:
        paypal.fails("*", "list", "404", times=0)


def _reconciled(subscription: Subscription) -> Subscription:
    reconciled(merchant_of(subscription))
    return fresh(subscription)


@pytest.mark.fault("F28", "F37")
@pytest.mark.usefixtures("_the_list")
@pytest.mark.parametrize(
    ("at_paypal", "status"),
    [
        ({"status": "ACTIVE"}, "active"),
        ({"status": "SUSPENDED"}, "suspended"),
        ({"status": "CANCELLED"}, "cancelled"),
        ({"status": "EXPIRED"}, "completed"),
        ({"outstanding": "49.00", "failed_payments_count": 1}, "past_due"),
    ],
)
def test_a_change_on_paypals_own_site_is_found(at_paypal: dict[str, object], status: str) -> None:
    """F28, F37."""
    subscription = a_subscription()
    paypal.change(subscription.paypal_id, **at_paypal)
    after = _reconciled(subscription)
    assert (after.status, after.check_problem) == (status, None)
    told = [] if status == "active" else [(f"subscription.{status}", "active", status)]
    assert journal_of(subscription) == told


@pytest.mark.usefixtures("_the_list")
@pytest.mark.parametrize("status", ENDED)
@pytest.mark.parametrize("at_paypal", ["CANCELLED", "EXPIRED"])
def test_an_end_is_never_turned_into_another(status: str, at_paypal: str) -> None:
    subscription = a_subscription(status=status, at_paypal={"status": at_paypal})
    assert _reconciled(subscription).status == status
    assert journal_of(subscription) == []


@pytest.mark.usefixtures("_the_list")
def test_what_ended_here_and_charges_at_paypal_is_not_reopened_but_shown() -> None:
    subscription = a_subscription(status="cancelled", at_paypal={"status": "ACTIVE"})
    after = _reconciled(subscription)
    assert (after.status, after.check_problem) == ("cancelled", "charging")
    assert latest_run(subscription.merchant_id).changed == 1
    paypal.fails(subscription.paypal_id, "get", "503", times=0)
    assert _reconciled(subscription).check_problem == "charging", "PayPal's silence does not put it right"


@pytest.mark.usefixtures("_the_list")
def test_an_end_that_paypal_had_not_confirmed_is_confirmed() -> None:
    subscription = a_subscription(status="abandoned", at_paypal={"status": "CANCELLED"})
    rewrite(subscription, unconfirmed=True, ended_at=now() - timedelta(days=900))
    reconciled(merchant_of(subscription))
    assert not fresh(subscription).unconfirmed
    assert journal_of(subscription)[-1][0] == "subscription.end_confirmed"


@pytest.mark.fault("F8")
@pytest.mark.usefixtures("_the_list")
def test_what_the_customer_agrees_to_after_its_end_is_cancelled_at_once() -> None:
    """F8: PayPal could not cancel it while it was pending."""
    subscription = a_subscription(status="pending")
    attempt(ask(subscription, "cancel"))
    assert _reconciled(subscription).check_problem is None
    assert len(changes_of(subscription)) == 1, "as long as nobody agrees, nothing is to be stopped"
    paypal.change(subscription.paypal_id, status="ACTIVE")
    with later(days=1):
        assert _reconciled(subscription).status == "cancelled"
        stop = changes_of(subscription)[-1]
        assert (stop.action, stop.actor_kind, stop.state) == ("stop", "kooneo", ChangeState.OPEN)
        assert attempt(stop).state == ChangeState.DONE
    after = fresh(subscription)
    assert (after.status, after.check_problem) == ("cancelled", None)
    assert paypal.status(subscription.paypal_id) == "CANCELLED"
    assert journal_of(subscription)[-1] == ("subscription.stopped", "cancelled", "cancelled")


def test_what_is_in_force_is_looked_at_every_night_and_what_ended_within_a_year_every_week() -> None:
    merchant = a_merchant()
    offer = an_offer(a_product(merchant))
    runs, ended = a_subscription(offer=offer), a_subscription(offer=offer, status="cancelled")
    long_ago = a_subscription(offer=offer, status="cancelled")
    rewrite(long_ago, ended_at=now() - timedelta(days=400))
    a_subscription(offer=offer, gateway=Gateway.MANUAL)
    looked_at = []
    for night in range(8):
        with later(days=night, hours=1):
            looked_at.append(reconciled(merchant).looked_at)
    assert looked_at == [2, 1, 1, 1, 1, 1, 1, 2]
    assert fresh(long_ago).checked_at is None
    assert fresh(runs).checked_at > fresh(ended).checked_at - timedelta(seconds=5)


def test_what_could_not_be_read_is_looked_at_again_the_next_night() -> None:
    """Also when it has ended, and its turn would come in a week."""
    subscription = a_subscription(status="cancelled")
    paypal.fails(subscription.paypal_id, "get", "404", times=0)
    assert _reconciled(subscription).check_problem == "not_found"
    paypal.heals()
    with later(days=1):
        assert _reconciled(subscription).check_problem is None


def test_the_list_confirms_what_has_not_changed_without_a_question_for_each() -> None:
    merchant = a_merchant()
    offer = an_offer(a_product(merchant))
    same = [a_subscription(offer=offer) for _ in range(23)]
    changed = a_subscription(offer=offer)
    paypal.change(changed.paypal_id, status="SUSPENDED")
    run = reconciled(merchant)
    assert (run.looked_at, run.changed, run.unreadable, run.problem) == (24, 1, 0, None)
    assert not any(paypal.calls(subscription.paypal_id) for subscription in same)
    assert len(paypal.calls(changed.paypal_id, "get")) == 1
    assert all(fresh(subscription).checked_at for subscription in same)


def test_a_subscription_with_an_open_change_is_left_to_it() -> None:
    subscription = a_subscription()
    paypal.change(subscription.paypal_id, status="SUSPENDED")
    ask(subscription, "cancel")
    assert reconciled(merchant_of(subscription)).looked_at == 0
    assert fresh(subscription).status == "active"


@pytest.mark.usefixtures("_the_list")
@pytest.mark.parametrize(
    ("kind", "problem"),
    [("404", "not_found"), ("403", "permission"), ("truncated", "bad_answer"), ("503", "unreachable")],
)
def test_one_broken_subscription_never_stops_the_rest(kind: str, problem: str) -> None:
    merchant = a_merchant()
    offer = an_offer(a_product(merchant))
    everybody = [a_subscription(offer=offer) for _ in range(12)]
    for subscription in everybody:
        paypal.change(subscription.paypal_id, status="CANCELLED")
    broken = everybody[3]
    paypal.fails(broken.paypal_id, "get", kind, times=0)
    run = reconciled(merchant)
    assert (run.looked_at, run.changed, run.unreadable, run.problem) == (12, 11, 1, None)
    assert (fresh(broken).status, fresh(broken).check_problem) == ("active", problem)
    assert {fresh(one).status for one in everybody if one is not broken} == {"cancelled"}


@pytest.mark.parametrize(("on", "kind", "problem"), [("token", "401", "credentials"), ("*", "429", "rate_limited")])
def test_bad_keys_and_a_rate_limit_stop_their_own_merchant_who_goes_on_later(on: str, kind: str, problem: str) -> None:
    stopped, other = a_subscription(), a_subscription()
    for subscription in (stopped, other):
        paypal.change(subscription.paypal_id, status="CANCELLED")
    merchant = merchant_of(stopped)
    paypal.fails_for_keys(client_id_of(merchant), on, kind, times=0, seconds=90)
    run = begin(merchant.id)
    step(str(run.id))
    waiting = fresh(run)
    assert (waiting.problem, waiting.finished_at, waiting.looked_at) == (problem, None, 0)
    assert waiting.next_attempt_at - now() > timedelta(seconds=50 if on == "token" else 80)
    assert reconciled(merchant_of(other)).changed == 1
    paypal.heals()
    with when_due(waiting):
        assert to_its_end(waiting).changed == 1
    assert fresh(stopped).status == "cancelled"


def test_a_paypal_that_stays_away_ends_the_run_and_marks_no_subscription() -> None:
    subscription = a_subscription()
    paypal.fails_for_keys(client_id_of(merchant_of(subscription)), "*", "429", times=0, seconds=1)
    run = reconciled(merchant_of(subscription))
    assert (run.problem, run.looked_at) == ("rate_limited", 0)
    assert fresh(subscription).check_problem is None


def test_the_night_begins_a_run_for_everybody_with_keys_and_ends_what_was_left() -> None:
    subscription, keyless = a_subscription(), a_merchant(keys=False)
    left = begin(subscription.merchant_id)
    run_schedule(begin_everywhere)
    assert fresh(left).problem == "interrupted"
    run = latest_run(subscription.merchant_id)
    assert (run.id != left.id, run.finished_at) == (True, None)
    assert latest_run(keyless.id) is None
    with pytest.raises(KeysMissing):
        begin(keyless.id)


def test_a_night_without_a_worker_is_made_up_for() -> None:
    merchant_id = a_subscription().merchant_id
    last = reconciled(merchant_of(a_subscription()))
    run_schedule(catch_up)
    assert latest_run(merchant_id) is None, "nobody was looked at before: the night begins"
    assert latest_run(last.merchant_id).id == last.id, "the night is not over"
    with later(hours=26):
        run_schedule(catch_up)
        run_schedule(catch_up)
    made_up = latest_run(last.merchant_id)
    assert (made_up.id != last.id, made_up.finished_at) == (True, None)
