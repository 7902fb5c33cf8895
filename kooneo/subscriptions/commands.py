"""`flask --app app paypal reconcile`."""

import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import click
from sqlalchemy import Row, select

from kooneo.accounts.models import Merchant
from kooneo.clock import now
from kooneo.extensions import db
from kooneo.subscriptions.reconciliations import Reconciliation, number_to_look_at
from kooneo.subscriptions.services.reconciliation.begin import begin
from kooneo.subscriptions.services.reconciliation.step import step
from kooneo.subscriptions.services.request import KeysMissing

_LOOK_AGAIN_SECONDS = 0.2


@click.command()
@click.option("--merchant", "slug", help="This merchant alone; all of them when it is not given.")
def reconcile(slug: str | None) -> None:
    """Compare every subscription with PayPal now, as every night, and follow what PayPal says.

    Ends with 1 when PayPal could not be read for somebody. It may be interrupted: the worker goes on with what was begun.
    """
    whole = [_reconcile(merchant.id, merchant.slug) for merchant in _merchants(slug)]
    if not all(whole):
        raise click.ClickException("Not everything could be compared: the lines above say where.")


def _merchants(slug: str | None) -> Sequence[Row[uuid.UUID, str]]:
    query = select(Merchant.id, Merchant.slug).order_by(Merchant.slug)
    found = db.session.execute(query if slug is None else query.filter_by(slug=slug)).all()
    if slug is not None and not found:
        raise click.ClickException(f"There is no merchant {slug}.")
    return found


def _reconcile(merchant_id: uuid.UUID, slug: str) -> bool:
    """Whether everything could be compared."""
    try:
        run = begin(merchant_id)
    except KeysMissing:
        click.echo(f"{slug}: no PayPal keys, nothing to compare.")
        return True
    run_id, number = run.id, number_to_look_at(run)
    with _shown(slug, number) as update:
        for looked_at in _steps(run_id):
            update(looked_at)
    run = _as_it_stands(run_id)
    counts = f"{run.looked_at} compared, {run.changed} changed, {run.unreadable} unreadable"
    click.echo(f"{slug}: {counts}{f'; stands still: {run.problem}' if run.problem else ''}.")
    return run.problem is None and not run.unreadable


def _steps(run_id: uuid.UUID) -> Iterator[int]:
    """Until the run is over, or stands still: how many were looked at in each step. A worker that is up takes steps too."""
    known = 0
    while not (run := _as_it_stands(run_id)).finished_at and not run.problem:
        if run.next_attempt_at and run.next_attempt_at <= now():
            step(str(run_id))
        else:
            time.sleep(_LOOK_AGAIN_SECONDS)
        looked_at = _as_it_stands(run_id).looked_at
        yield looked_at - known
        known = looked_at


def _as_it_stands(run_id: uuid.UUID) -> Reconciliation:
    db.session.rollback()
    return db.session.get_one(Reconciliation, run_id, populate_existing=True)


@contextmanager
def _shown(slug: str, number: int) -> Iterator[Callable[[int], None]]:
    """A bar for a person; a log has the summary."""
    if not sys.stdout.isatty():
        yield lambda _more: None
        return
    with click.progressbar(length=number, label=slug) as bar:
        yield bar.update
