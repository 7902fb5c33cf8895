"""The database is locked, full or gone. No call to PayPal without a wish that is kept; what PayPal has done is found again."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from support import engines, paypal, refunds
from support.acting import ask, attempt, changes_of, journal_findings, later, restart_as_worker
from support.browser import Browser, key_in, signed_in
from support.builders import a_member, a_merchant, a_product, a_subscription, an_offer, merchant_of
from support.postgres import a_server
from support.running import fresh, running_app, settings_for
from support.worker import wait_until

from kooneo.extensions import db
from kooneo.subscriptions.lifecycle import ENDING, Action
from kooneo.subscriptions.models import ChangeState, StatusChange, Subscription
from kooneo.subscriptions.words import ACTION_BY_PATH

of_sqlite = pytest.mark.skipif(engines.CHOSEN != "sqlite", reason="SQLite has one writer and one file")
_PATHS = {action: path for path, action in ACTION_BY_PATH.items()}

every_end = pytest.mark.parametrize("action", ENDING)


def _file(app: Flask) -> Path:
    return Path(app.config["SETTINGS"].database_url.removeprefix("sqlite:///"))


@contextmanager
def _locked(app: Flask) -> Iterator[None]:
    """Somebody else writes, for longer than anybody waits: here that is a moment, and not ten seconds."""
    with (
        _every_connection(app, "PRAGMA busy_timeout=50"),
        closing(sqlite3.connect(_file(app), isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def _form(subscription: Subscription, action: Action) -> tuple[Browser, str, str]:
    """Somebody has the form open: their browser, where it goes, and its key."""
    browser = signed_in(a_member(merchant_of(subscription)))
    path = f"/subscriptions/{subscription.id}/{_PATHS[action]}"
    return browser, path, key_in(browser.open(path))


@pytest.mark.fault("F30", "F40")
@of_sqlite
@every_end
def test_a_locked_database_takes_no_wish_and_says_that_nothing_was_sent(app: Flask, action: Action) -> None:
    subscription = a_subscription()
    browser, path, key = _form(subscription, action)
    with _locked(app):
        response = browser.post(path, {"change_key": key, "reason": ""})
        assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
        assert "rien n’a été envoyé à PayPal" in browser.page.text
        assert browser.get(f"/customers/{subscription.customer_id}").status_code in (200, 302), "reading goes on"
    assert changes_of(subscription) == []
    assert paypal.calls(subscription.paypal_id) == []
    assert browser.post(path, {"change_key": key, "reason": ""}).status_code == 303
    assert attempt(changes_of(subscription)[0]).state == ChangeState.DONE


@pytest.mark.fault("F30", "F40", "F30 pause")
@of_sqlite
@pytest.mark.parametrize("action", [*ENDING, Action.PAUSE])
def test_what_paypal_did_while_the_database_was_locked_is_found_again(app: Flask, action: Action) -> None:
    subscription = a_subscription()
    change = ask(subscription, action)
    told = "suspend" if action == Action.PAUSE else "cancel"
    paypal.fails(subscription.paypal_id, told, "slow", seconds=1)
    worker, found = _attempt_elsewhere(change)
    wait_until(lambda: bool(paypal.calls(subscription.paypal_id, told)), "PayPal to be told")
    with _locked(app):
        worker.join()
    assert isinstance(found[0], OperationalError)
    assert fresh(change).state == ChangeState.OPEN
    _is_settled_once(subscription, change, told)


def _attempt_elsewhere(change: StatusChange) -> tuple[threading.Thread, list[object]]:
    """One attempt beside the test, and what it answers or raises."""
    found: list[object] = []

    def run() -> None:
        try:
            found.append(attempt(change))
        except Exception as error:
            found.append(error)

    worker = threading.Thread(target=run)
    worker.start()
    return worker, found


def _is_settled_once(subscription: Subscription, change: StatusChange, told: str) -> None:
    restart_as_worker()
    with later(minutes=1):
        assert attempt(change).state == ChangeState.DONE
    assert len(paypal.calls(subscription.paypal_id, told)) == 1
    assert journal_findings(subscription.merchant_id) == []


@pytest.mark.fault("F30 refund")
@of_sqlite
def test_a_locked_database_takes_no_refund(app: Flask) -> None:
    payment = refunds.taken(a_subscription())
    with _locked(app), pytest.raises(OperationalError):
        refunds.ask_refund(payment, 1500, key="k")
    assert paypal.calls(payment.paypal_transaction_id or "", "refund") == []
    assert refunds.attempt(refunds.ask_refund(payment, 1500, key="k")).state == ChangeState.DONE


@pytest.mark.fault("F31", "F2")
@pytest.mark.any_engine
def test_a_postgresql_that_dies_and_comes_back_needs_no_restart_of_kooneo(tmp_path: Path, paypal_url: str) -> None:
    with a_server() as server:
        url = engines.PostgreSQL(server.address).template
        with running_app(settings_for(url, tmp_path, paypal_url)) as app:
            with app.app_context():
                flask_migrate.upgrade()
            subscription = a_subscription()
            browser, path, key = _form(subscription, Action.CANCEL)
            change = ask(subscription, "cancel")
            paypal.fails(subscription.paypal_id, "cancel", "slow", seconds=1)
            worker, found = _attempt_elsewhere(change)
            wait_until(lambda: bool(paypal.calls(subscription.paypal_id, "cancel")), "PayPal to be told")
            server.stop_immediately()
            worker.join()
            assert isinstance(found[0], OperationalError)
            assert browser.get("/readyz").status_code == 503
            response = browser.send("POST", path, data={"csrf_token": browser.token, "change_key": key})
            assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
            server.start()
            assert browser.get("/readyz").status_code == 200
            assert fresh(change).state == ChangeState.OPEN
            _is_settled_once(subscription, change, "cancel")


@pytest.mark.fault("F32", "F40")
@of_sqlite
def test_a_full_disk_keeps_no_wish_tells_paypal_nothing_and_can_be_read(app: Flask) -> None:
    """The database may not grow by a page, which SQLite reports as it reports a disk without room."""
    offer = an_offer(a_product(a_merchant()))
    subscriptions = [a_subscription(offer=offer) for _ in range(12)]
    forms = [_form(subscription, ENDING[place % 3]) for place, subscription in enumerate(subscriptions)]
    with _full(app):
        answers = [browser.post(path, {"change_key": key, "reason": ""}) for browser, path, key in forms]
        pages = [browser.get("/customers").status_code for browser, _path, _key in forms]
    assert set(pages) == {200}
    refused = [place for place, answer in enumerate(answers) if answer.status_code == 503]
    assert len(refused) >= 3
    assert all(answers[place].headers["Retry-After"] == "5" for place in refused)
    kept = {place for place, subscription in enumerate(subscriptions) if changes_of(subscription)}
    assert kept.isdisjoint(refused)
    assert all(paypal.calls(subscription.paypal_id) == [] for subscription in subscriptions)
    for place in refused:
        browser, path, key = forms[place]
        assert browser.post(path, {"change_key": key, "reason": ""}).status_code == 303
    for subscription in subscriptions:
        assert attempt(changes_of(subscription)[0]).state == ChangeState.DONE
    assert [paypal.cancellations(subscription.paypal_id) for subscription in subscriptions] == [1] * 12


@contextmanager
def _full(app: Flask) -> Iterator[None]:
    path = _file(app)
    with closing(sqlite3.connect(path)) as other:
        (pages,) = other.execute("PRAGMA page_count").fetchone()
        (free,) = other.execute("PRAGMA freelist_count").fetchone()
    with _every_connection(app, f"PRAGMA max_page_count={pages - free}"):
        yield


@contextmanager
def _every_connection(app: Flask, pragma: str) -> Iterator[None]:
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(pragma)

    with app.app_context():
        engine = db.engine
    engine.dispose()
    event.listen(engine, "connect", prepare)
    yield
    event.remove(engine, "connect", prepare)
    engine.dispose()
