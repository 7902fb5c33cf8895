"""Real worker processes on the test's own database."""

import threading

import pytest
from flask import Flask
from support import paypal
from support.acting import ask, journal_findings, journal_of
from support.builders import a_merchant, a_product, a_subscription, an_offer
from support.running import fresh
from support.worker import Worker, running_worker, wait_until

from kooneo.subscriptions.models import ChangeState, StatusChange, Subscription


def _settled(changes: list[StatusChange]) -> bool:
    return all(fresh(change).state.settled for change in changes)


def test_the_worker_carries_out_what_was_asked_before_and_after_it_started(app: Flask) -> None:
    before, after = a_subscription(), a_subscription()
    changes = [ask(before, "cancel")]
    with running_worker(app) as worker:
        changes.append(ask(after, "complete"))
        wait_until(lambda: _settled(changes), "both changes")
        assert "Traceback" not in worker.output
        assert "Warning" not in worker.output
    assert [fresh(row).status for row in (before, after)] == ["cancelled", "completed"]
    assert [paypal.cancellations(row.paypal_id) for row in (before, after)] == [1, 1]


def test_it_tries_again_by_itself(app: Flask) -> None:
    subscription = a_subscription()
    paypal.fails(subscription.paypal_id, "get", "503")
    change = ask(subscription, "cancel")
    with running_worker(app):
        wait_until(lambda: _settled([change]), "the second attempt")
    assert (fresh(change).state, fresh(change).attempts) == (ChangeState.DONE, 2)


def test_a_second_worker_of_the_same_name_refuses(app: Flask) -> None:
    with running_worker(app):
        second = Worker(app.config["SETTINGS"])
        assert second.wait_for_its_end() == 1
        assert "a worker named worker is running already; set KOONEO_WORKER for a second one" in second.output
        assert "Traceback" not in second.output
        second.stop()


def test_a_second_worker_of_another_name_helps(app: Flask) -> None:
    offer = an_offer(a_product(a_merchant()))
    changes = [ask(a_subscription(offer=offer), "cancel") for _ in range(8)]
    with running_worker(app, name="one"), running_worker(app, name="two"):
        wait_until(lambda: _settled(changes), "all changes")
    assert {fresh(change).attempts for change in changes} == {1}


def test_a_killed_worker_takes_up_its_work_when_it_comes_back(app: Flask) -> None:
    """It dies while PayPal keeps it waiting, with the lease in hand."""
    subscription = a_subscription()
    paypal.fails(subscription.paypal_id, "get", "slow", seconds=5)
    change = ask(subscription, "cancel")
    with running_worker(app) as worker:
        wait_until(lambda: bool(paypal.calls(subscription.paypal_id)), "PayPal to be asked")
        worker.dies()
    held = fresh(change)
    assert held.state == ChangeState.OPEN
    assert held.lease_holder.startswith("worker:")
    with running_worker(app):
        wait_until(lambda: _settled([change]), "the change")
    assert fresh(change).state == ChangeState.DONE
    assert paypal.cancellations(subscription.paypal_id) == 1
    assert len(journal_of(subscription)) == 2


@pytest.mark.fault("F2")
def test_killed_right_after_paypal_acted(app: Flask) -> None:
    """F2 with real processes: PayPal has cancelled, the answer is on its way, the worker is gone."""
    subscription = a_subscription()
    paypal.fails(subscription.paypal_id, "cancel", "slow", seconds=5)
    change = ask(subscription, "cancel")
    with running_worker(app) as worker:
        wait_until(lambda: paypal.cancellations(subscription.paypal_id) == 1, "the cancellation")
        worker.dies()
    assert fresh(change).state == ChangeState.OPEN
    with running_worker(app):
        wait_until(lambda: _settled([change]), "the change")
    assert (fresh(change).state, fresh(change).already_done) == (ChangeState.DONE, False)
    assert paypal.cancellations(subscription.paypal_id) == 1
    assert len(journal_of(subscription)) == 2


@pytest.mark.fault("F35")
def test_a_worker_told_to_stop_finishes_what_is_under_way(app: Flask) -> None:
    """F35."""
    subscription = a_subscription()
    paypal.fails(subscription.paypal_id, "cancel", "slow", seconds=2)
    change = ask(subscription, "cancel")
    worker = Worker(app.config["SETTINGS"]).wait_until_it_works()
    wait_until(lambda: paypal.cancellations(subscription.paypal_id) == 1, "the cancellation")
    assert worker.stop() == 0
    assert fresh(change).state == ChangeState.DONE


def test_sixty_four_wishes_at_once_beside_a_working_worker(app: Flask) -> None:
    """Web threads write while the worker writes: nobody is told that the database is locked, and nothing is lost."""
    offer = an_offer(a_product(a_merchant()))
    subscriptions = [a_subscription(offer=offer) for _ in range(64)]
    answers: list[StatusChange | Exception] = []
    together = threading.Barrier(len(subscriptions))

    def click(subscription: Subscription) -> None:
        together.wait()
        try:
            answers.append(ask(subscription, "cancel"))
        except Exception as error:
            answers.append(error)

    with running_worker(app):
        threads = [threading.Thread(target=click, args=[subscription]) for subscription in subscriptions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [answer for answer in answers if isinstance(answer, Exception)] == []
        wait_until(lambda: _settled([a for a in answers if isinstance(a, StatusChange)]), "all 64 changes", 120)
    assert [fresh(subscription).status for subscription in subscriptions] == ["cancelled"] * 64
    assert [paypal.cancellations(subscription.paypal_id) for subscription in subscriptions] == [1] * 64
    assert journal_findings(offer.merchant_id) == []
