"""`flask paypal import`: taking over from the command line. Carries itself on; should it be killed, the worker goes on."""

import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import select

from kooneo.accounts.models import Merchant
from kooneo.clock import now
from kooneo.extensions import db
from kooneo.journal.services import Actor
from kooneo.takeover import queries, services, words
from kooneo.takeover.ids import LARGEST_FILE, MOST_IDS, NotText, read_file
from kooneo.takeover.models import Takeover
from kooneo.takeover.numbers import Numbers
from kooneo.takeover.services.jobs import by_hand
from kooneo.takeover.services.steps import carry_on
from kooneo.takeover.states import LEFT_OUT, TakeoverState

_BY = Actor("kooneo", "flask paypal import", "kooneo")
_NOT_ALL = 3


@click.command("import")
@click.option("--merchant", "slug", required=True, help="The merchant's slug.")
@click.option(
    "--ids", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A .txt or .csv file of I- ids."
)
@click.option("--dry-run", is_flag=True, help="Read and tell, and write nothing of the customers and the catalogue.")
def import_(slug: str, ids: Path | None, dry_run: bool) -> None:
    """Take over the subscriptions that live at PayPal: those of PayPal's list, or those of a file.

    Ends with 0 when all are taken over, 3 when some are left out (each is told with its reason), 1 when it was stopped.
    """
    merchant = db.session.scalars(select(Merchant).filter_by(slug=slug)).one_or_none()
    if merchant is None:
        raise click.ClickException(f"no merchant has the slug {slug}")
    takeover_id = _begin(merchant.id, _read(ids) if ids else None)
    takeover = _carried_on(takeover_id, words.state_label(TakeoverState.READING))
    click.echo(words.found(queries.numbers(takeover)))
    if dry_run or not queries.numbers(takeover).takeable:
        services.stop(takeover)
    else:
        services.confirm(takeover, by=_BY, then=by_hand)
        takeover = _carried_on(takeover_id, words.state_label(TakeoverState.RUNNING))
        click.echo(words.done(queries.numbers(takeover)))
    _tell_left_out(takeover)
    sys.exit(_NOT_ALL if queries.numbers(takeover).left_out else 0)


def _read(path: Path) -> Sequence[str]:
    if path.stat().st_size > LARGEST_FILE:
        raise click.ClickException(f"{path} is larger than 1 MB")
    try:
        found = read_file(path.read_bytes(), is_csv=path.suffix.lower() == ".csv")
    except NotText as error:
        raise click.ClickException(f"{path} is no text") from error
    if not 0 < len(found) <= MOST_IDS:
        raise click.ClickException(f"{path} holds {len(found)} ids: from 1 to {MOST_IDS}")
    return found


def _begin(merchant_id: uuid.UUID, ids: Sequence[str] | None) -> uuid.UUID:
    try:
        return services.start(merchant_id, ids, by=_BY, form_key=str(uuid.uuid4()), then=by_hand).id
    except services.KeysMissing as error:
        raise click.ClickException("this merchant has no PayPal keys") from error
    except services.AlreadyUnderWay as error:
        raise click.ClickException(
            "a takeover of this merchant's is unfinished: see /settings/paypal/import"
        ) from error


def _carried_on(takeover_id: uuid.UUID, label: str) -> Takeover:
    """Step by step, each when it is due. Raises ClickException when it was stopped."""
    with _shown(label) as tell:
        while True:
            db.session.rollback()
            takeover = db.session.get_one(Takeover, takeover_id, populate_existing=True)
            tell(takeover, queries.numbers(takeover))
            if not takeover.state.moves:
                break
            if takeover.next_attempt_at:
                time.sleep(max(0.0, (takeover.next_attempt_at - now()).total_seconds()))
            carry_on(takeover_id, takeover.step, then=by_hand)
    if takeover.state == TakeoverState.STOPPED and takeover.problem:
        sentence = words.stopped(takeover.problem)
        raise click.ClickException(f"{sentence.lead} {sentence.text}")
    return takeover


Tell = Callable[[Takeover, Numbers], None]


@contextmanager
def _shown(label: str) -> Iterator[Tell]:
    """A bar for a person; for a log, a line a step."""
    if not sys.stdout.isatty():
        yield lambda takeover, numbers: click.echo(words.so_far(takeover, numbers))
        return
    with click.progressbar(length=1, label=label) as bar:

        def move(takeover: Takeover, numbers: Numbers) -> None:
            done, bar.length = numbers.progress(confirmed=takeover.confirmed_at is not None)
            bar.update(done - bar.pos)

        yield move


def _tell_left_out(takeover: Takeover) -> None:
    for line in queries.page_of(takeover, LEFT_OUT).lines:
        click.echo(f"  {line.item.paypal_id}: {words.reason(line.item.reason) if line.item.reason else ''}")
    hidden = queries.numbers(takeover).left_out - queries.PAGE_SIZE
    if hidden > 0:
        click.echo(f"  … {hidden}")
