"""`make bench`: what a hanging PayPal costs everybody else, as ratios of what the same run measures with a quick one.

    PYTHONPATH=tests python -m bench
    KOONEO_TEST_ENGINE=postgresql PYTHONPATH=tests python -m bench

Thirty-two changes are asked for at once, of sixteen merchants; meanwhile somebody turns pages. Once PayPal answers at once, once
each of its answers takes 30 s. Fails when the pages' p95 doubles, or when a database transaction stays open meanwhile. The floor
is `/healthz`, which does nothing. Times of a machine mean nothing elsewhere: only ratios are printed.
"""

import logging
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from statistics import quantiles

import flask_migrate
import psycopg
from e2e.stack import Stack
from paypal_simulator.server import running_simulator
from sqlalchemy import make_url
from support import builders, engines, paypal
from support.browser import signed_in
from support.person import Person
from support.postgres import a_server
from support.running import running_app, settings_for

from kooneo.accounts.models import Merchant
from kooneo.subscriptions.models import Subscription

MERCHANTS, CHANGES_EACH, HANGING_SECONDS, MEASURED_SECONDS = 16, 2, 30, 20
MOST = 2.0
_LONG_OPEN_SECONDS = 1.0


@contextmanager
def _kooneo() -> Iterator[tuple[Stack, str]]:
    """Its processes, and its database's address."""
    with ExitStack() as stack:
        folder = stack.enter_context(engines.quick_folder())
        paypal_url = stack.enter_context(running_simulator(folder / "simulator.sqlite3"))
        paypal.simulator_runs_at(paypal_url)
        server = stack.enter_context(a_server()) if engines.CHOSEN == "postgresql" else None
        database = engines.PostgreSQL(server.address) if server else engines.SQLite(folder / "kooneo.sqlite3")
        app = stack.enter_context(running_app(settings_for(database.template, folder / "instance", paypal_url)))
        with app.app_context():
            flask_migrate.upgrade()
        processes = Stack(folder, database.template, paypal_url, htmx="local")
        processes.start()
        stack.callback(processes.stop)
        yield processes, database.template


def _cancelling(url: str, merchants: list[Merchant]) -> list[tuple[Person, Subscription]]:
    found = []
    for merchant in merchants:
        person = Person(url, "").has_signed_in(signed_in(builders.a_member(merchant)).session_cookie())
        offer = builders.an_offer(builders.a_product(merchant))
        found += [(person, builders.a_subscription(offer=offer)) for _ in range(CHANGES_EACH)]
    return found


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]


def _timed(open_page: Callable[[], object]) -> float:
    begun = time.perf_counter()
    open_page()
    return time.perf_counter() - begun


def _pages_meanwhile(reader: Person, paths: list[str], database: str) -> tuple[float, int]:
    """Their p95, and how often a transaction was found open for long."""
    times, open_for_long, until = list[float](), 0, time.monotonic() + MEASURED_SECONDS
    while time.monotonic() < until:
        times += [_timed(lambda path=path: reader.opens(path).raise_for_status()) for path in paths]  # type: ignore[misc]
        open_for_long += _transaction_stays_open(database)
    return _p95(times), open_for_long


def _transaction_stays_open(database: str) -> bool:
    if engines.CHOSEN == "postgresql":
        address = make_url(database).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address) as connection:
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND state = 'idle in transaction' AND now() - xact_start > %s * interval '1 second'",
                (_LONG_OPEN_SECONDS,),
            ).fetchone()
            return bool(row and row[0])
    connection = sqlite3.connect(make_url(database).database or "", timeout=_LONG_OPEN_SECONDS, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return True
    finally:
        connection.close()
    return False


def _round(processes: Stack, database: str, *, hanging: bool) -> tuple[float, int]:
    merchants = [builders.a_merchant() for _ in range(MERCHANTS)]
    asked = _cancelling(processes.url, merchants)
    customer = builders.a_customer(builders.a_merchant())
    for _ in range(3):
        builders.a_subscription(customer)
    reader = Person(processes.url, "")
    reader.has_signed_in(signed_in(builders.a_member(builders.merchant_of(customer))).session_cookie())
    paths = ["/customers", f"/customers/{customer.id}/subscriptions", "/products", "/attention"]
    if hanging:
        for _person, subscription in asked:
            paypal.fails(subscription.paypal_id or "", "*", "slow", times=0, seconds=HANGING_SECONDS)
    with ThreadPoolExecutor(len(asked)) as crowd:
        done = [crowd.submit(person.asks, subscription.id, "cancellation") for person, subscription in asked]
        measured = _pages_meanwhile(reader, paths, database)
        for one in done:
            one.result()
    paypal.heals()
    return measured


def main() -> int:
    logging.disable(logging.CRITICAL)
    with _kooneo() as (processes, database):
        _round(processes, database, hanging=False)  # everything is warm
        quick, _ = _round(processes, database, hanging=False)
        hanging, open_for_long = _round(processes, database, hanging=True)
        nobody = Person(processes.url, "")
        floor = _p95([_timed(lambda: nobody.opens("/healthz")) for _ in range(200)])
    ratio = hanging / quick
    print(f"{engines.CHOSEN}: {MERCHANTS * CHANGES_EACH} changes at once, p95 of the other pages:")
    print(f"  PayPal quick         {quick / floor:6.1f} x /healthz")
    print(f"  PayPal hanging {HANGING_SECONDS} s  {hanging / floor:6.1f} x /healthz")
    print(f"  hanging / quick      {ratio:6.2f} (under {MOST:.0f})")
    print(f"  transactions open for more than {_LONG_OPEN_SECONDS:.0f} s meanwhile: {open_for_long}")
    return 0 if ratio < MOST and not open_for_long else 1


if __name__ == "__main__":
    sys.exit(main())
