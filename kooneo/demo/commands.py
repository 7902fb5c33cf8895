"""`flask --app app seed` and `flask --app app demo`."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import current_app

from kooneo.config import Mode
from kooneo.demo import seeding
from kooneo.demo.customers import NAMED, TO_SEE_TO
from kooneo.language import typeset


@click.command()
@click.option(
    "--customers",
    type=click.IntRange(min=len(NAMED) + len(TO_SEE_TO) + 1),
    default=seeding.DEFAULT_CUSTOMERS,
    show_default=True,
    help="How many Atelier Lumière shall have.",
)
def seed(customers: int) -> None:
    """Create the demo world, or add to it: what is there stays as it is."""
    refuse_in_production()
    with _shown(customers) as progress:
        added = seeding.seed(customers, progress=progress)
    click.echo(typeset(f"Atelier Lumière : {added} clients ajoutés." if added else "Atelier Lumière : rien à ajouter."))


@click.command()
@click.option("--reset", is_flag=True, help="Erase the demo's data, make it anew, and end.")
def demo(reset: bool) -> None:
    """Run everything on this machine: web, worker and a PayPal to play with."""
    refuse_in_production()
    from kooneo.demo.supervisor import StartRefused, begin_anew, run

    try:
        (begin_anew if reset else run)(current_app._get_current_object())  # type: ignore[attr-defined]
    except StartRefused as error:
        raise click.ClickException(str(error)) from error


def refuse_in_production() -> None:
    if current_app.config["SETTINGS"].mode == Mode.PRODUCTION:
        raise click.ClickException(
            typeset("KOONEO_ENV=production : la démonstration et ses mots de passe restent dehors.")
        )


@contextmanager
def _shown(total: int) -> Iterator[seeding.Progress]:
    """A bar for a person; for a log, a line a second."""
    if sys.stdout.isatty():
        with click.progressbar(length=total, label="Clients") as bar:
            yield bar.update
        return
    yield _lines(total)


def _lines(total: int) -> seeding.Progress:
    done, told_at = 0, time.monotonic()

    def tell(more: int) -> None:
        nonlocal done, told_at
        done += more
        if time.monotonic() - told_at >= 1:
            told_at = time.monotonic()
            click.echo(typeset(f"{done} clients sur {total} au plus"))

    return tell
