"""Reconciliation by real processes: the worker, several merchants at once, and the command."""

from click.testing import Result
from flask import Flask
from support import paypal
from support.builders import a_merchant, a_product, a_subscription, an_offer, client_id_of, has_keys, merchant_of
from support.reconciling import begin, latest_run
from support.running import fresh
from support.worker import running_worker, wait_until

from kooneo.accounts.models import Merchant
from kooneo.subscriptions.models import Subscription

CANCELLED_AT_PAYPAL = {"status": "CANCELLED"}


def _everybody_cancelled(merchant: Merchant, number: int) -> list[Subscription]:
    """In force here, cancelled on PayPal's own site."""
    offer = an_offer(a_product(merchant))
    subscriptions = [a_subscription(offer=offer) for _ in range(number)]
    for subscription in subscriptions:
        paypal.change(subscription.paypal_id, **CANCELLED_AT_PAYPAL)
    return subscriptions


def test_a_worker_that_is_killed_in_the_middle_leaves_a_run_that_goes_on(app: Flask) -> None:
    subscriptions = _everybody_cancelled(a_merchant(), 25)
    run = begin(subscriptions[0].merchant_id)
    paypal.fails_for_keys(client_id_of(merchant_of(subscriptions[0])), "get", "slow", times=4, seconds=1)
    with running_worker(app) as worker:
        wait_until(lambda: fresh(run).looked_at >= 2, "the run to be under way")
        worker.dies()
    assert fresh(run).finished_at is None
    assert fresh(run).lease_holder, "it died with a step in its hands"
    with running_worker(app):
        wait_until(lambda: bool(fresh(run).finished_at), "the run to come to its end")
    after = fresh(run)
    assert (after.changed, after.unreadable, after.problem) == (25, 0, None)
    assert {fresh(subscription).status for subscription in subscriptions} == {"cancelled"}


def test_bad_keys_a_rate_limit_and_slow_answers_hold_up_nobody_else(app: Flask) -> None:
    """Told by the order of what PayPal was asked: the failing ones have made one step when the healthy one is through."""
    refused, limited, slow, healthy = (a_merchant(name) for name in ("Refus", "Limite", "Lent", "Sain"))
    for merchant in (refused, limited, slow):
        _everybody_cancelled(merchant, 12)
    right = _everybody_cancelled(healthy, 12)
    has_keys(refused, client_id_of(refused), "not-the-secret-any-more")
    paypal.fails_for_keys(client_id_of(limited), "*", "429", times=0, seconds=60)
    paypal.fails_for_keys(client_id_of(slow), "get", "slow", times=0, seconds=5)
    runs = [begin(merchant.id) for merchant in (refused, limited, slow, healthy)]
    with running_worker(app):
        wait_until(lambda: bool(fresh(runs[3]).finished_at), "the healthy merchant's run")
        others = [fresh(run) for run in runs[:3]]
        paypal.heals()  # a worker that stops finishes what is under way
    assert {fresh(subscription).status for subscription in right} == {"cancelled"}
    assert [other.finished_at for other in others] == [None, None, None]
    assert [other.problem for other in others[:2]] == ["credentials", "rate_limited"]


def _command(app: Flask, *arguments: str) -> Result:
    with app.app_context():
        return app.test_cli_runner().invoke(args=["paypal", "reconcile", *arguments])


def test_the_command_compares_one_merchant_or_all_and_says_what_came_of_it(app: Flask) -> None:
    first, second = a_merchant("Premier"), a_merchant("Second")
    _everybody_cancelled(first, 2)
    kept = _everybody_cancelled(second, 1)
    result = _command(app, "--merchant", first.slug)
    assert (result.exit_code, result.output) == (0, f"{first.slug}: 2 compared, 2 changed, 0 unreadable.\n")
    assert latest_run(second.id) is None
    assert _command(app).exit_code == 0
    assert fresh(kept[0]).status == "cancelled"


def test_the_command_fails_where_paypal_could_not_be_read(app: Flask) -> None:
    merchant, keyless = a_merchant(), a_merchant(keys=False)
    subscription = _everybody_cancelled(merchant, 1)[0]
    paypal.fails(subscription.paypal_id, "get", "404", times=0)
    unread = _command(app, "--merchant", merchant.slug)
    assert (unread.exit_code, "1 unreadable" in unread.output) == (1, True)
    has_keys(merchant, client_id_of(merchant), "not-the-secret-any-more")
    refused = _command(app, "--merchant", merchant.slug)
    assert (refused.exit_code, "stands still: credentials" in refused.output) == (1, True)
    assert _command(app, "--merchant", keyless.slug).exit_code == 0
    assert _command(app, "--merchant", "nobody").exit_code == 1
