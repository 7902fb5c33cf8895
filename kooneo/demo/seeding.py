"""Filling the database and the simulator's file. What is there already is never touched."""

import fcntl
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from flask import current_app
from flask_migrate import upgrade
from sqlalchemy import func, select, text

from kooneo.accounts.models import Merchant
from kooneo.clock import now
from kooneo.customers.models import Customer
from kooneo.demo import customers
from kooneo.demo.attention import let_things_happen
from kooneo.demo.catalogue import ATELIER_LUMIERE
from kooneo.demo.customers import CustomerPlan
from kooneo.demo.rows import Batch, identify, paypal_reference
from kooneo.demo.world import create_merchants
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor, record
from kooneo.paypal_simulator import sales, store
from kooneo.paypal_simulator.store import Store

DEFAULT_CUSTOMERS = 216

# One transaction each: short enough for others to write in between.
_BATCH = 1000
_MANY = 2000

# Random keys touch every page of an index: with its usual 2 MB SQLite would read and write them again all the time.
_WIDE_CACHE = "PRAGMA cache_size = -262144"

Progress = Callable[[int], None]
Item = TypeVar("Item")


def seed(number: int, *, progress: Progress = lambda _done: None) -> int:
    """Have the world, with Atelier Lumière at `number` customers at least. Returns how many were added to it."""
    migrate()
    with _alone(current_app.config["SETTINGS"].instance), _simulator() as remote:
        before = _count()
        if not world_exists():
            _create_world(remote)
            let_things_happen()
            progress(_count() - before)
        _fill(remote, number, progress)
        return _count() - before


def migrate() -> None:
    upgrade()


def world_exists() -> bool:
    return db.session.scalars(select(Merchant.id).filter_by(slug=ATELIER_LUMIERE.slug)).one_or_none() is not None


def _create_world(remote: Store) -> None:
    with transaction():
        for merchant, plans in create_merchants():
            batch = Batch(merchant, now())
            batch.add_customers(plans)
            _write(remote, batch)
            record(batch.merchant_id, "demo.seeded", by=_KOONEO, customers=len(plans))


def _fill(remote: Store, number: int, progress: Progress) -> None:
    added = 0
    for batch in _built_ahead(_batches(_missing(number)), now()):
        with transaction():
            _write(remote, batch)
        added += len(batch.rows[Customer])
        progress(len(batch.rows[Customer]))
    if added:
        with transaction():
            record(identify(ATELIER_LUMIERE.slug), "demo.seeded", by=_KOONEO, customers=added)
    if added > _MANY:
        with transaction():
            db.session.execute(text("ANALYZE"))


def _built_ahead(some: Iterable[list[CustomerPlan]], at: datetime) -> Iterator[Batch]:
    """While one batch is written the next is thought up, by a process of its own: each costs about as much as the other."""
    plans = iter(some)
    first = next(plans, None)
    if first is None:
        return
    yield _built(at, first)
    if (second := next(plans, None)) is None:
        return
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as other:
        coming = other.submit(_built, at, second)
        for more in plans:
            batch, coming = coming.result(), other.submit(_built, at, more)
            yield batch
        yield coming.result()


def _built(at: datetime, plans: list[CustomerPlan]) -> Batch:
    batch = Batch(ATELIER_LUMIERE, at)
    batch.add_customers(plans)
    return batch


def _write(remote: Store, batch: Batch) -> None:
    """PayPal first: a process that dies in between leaves nothing in Kooneo that PayPal does not know."""
    with remote.transaction() as connection:
        connection.execute(_WIDE_CACHE)
        store.save_new(connection, batch.remote)
        store.add_transactions(connection, batch.remote_failures)
        for sale, minor, given_back_at in batch.remote_refunds:
            refund_id = paypal_reference("", identify(sale.id, "refund"), 17)
            sales.write_down(connection, sale, minor, given_back_at, refund_id)
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text(_WIDE_CACHE))
    batch.insert()


def _missing(number: int) -> Iterator[CustomerPlan]:
    """As many of the endless row of customers as are wanted, without those that are there."""
    known = set(db.session.scalars(select(Customer.email).filter_by(merchant_id=identify(ATELIER_LUMIERE.slug))))
    absent = (plan for plan in customers.others() if plan.person.email not in known)
    return islice(absent, max(number - len(known), 0))


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    iterator = iter(items)
    while batch := list(islice(iterator, _BATCH)):
        yield batch


def _count() -> int:
    return db.session.scalars(
        select(func.count(Customer.id)).filter_by(merchant_id=identify(ATELIER_LUMIERE.slug))
    ).one()


@contextmanager
def _simulator() -> Iterator[Store]:
    remote = Store(current_app.config["SETTINGS"].instance / "simulator.sqlite3")
    try:
        yield remote
    finally:
        remote.close()


@contextmanager
def _alone(instance: Path) -> Iterator[None]:
    """Two at once would both miss the same customers: the second one waits."""
    folder = instance / "run"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "seed.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


_KOONEO = Actor("kooneo", "Kooneo", "command")
