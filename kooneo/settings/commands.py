"""`flask --app app secrets …`."""

import sys

import click

from kooneo.settings.services.rotation import Secret, number_of_secrets, rotate, secrets_to_rotate


@click.group()
def secrets() -> None:
    """The secrets in the database, encrypted with KOONEO_ENCRYPTION_KEYS."""


@secrets.command("rotate")
def rotate_secrets() -> None:
    """Encrypt every secret with the first key. It may be interrupted, and run again until nothing is left.

    Put the new key first and keep the old one behind it; when this command says so, take the old one away.
    """
    left, all_of_them = secrets_to_rotate(), number_of_secrets()
    click.echo(f"Secrets: {all_of_them}. Not yet encrypted with the first key: {len(left)}.")
    unreadable = _rotate(left)
    if unreadable:
        raise click.ClickException(f"Secrets that none of the keys can read: {unreadable}. The log names their rows.")
    click.echo("Every secret is encrypted with the first key: the others can be taken out of KOONEO_ENCRYPTION_KEYS.")


def _rotate(left: list[Secret]) -> int:
    """With a bar for a person. Returns how many no key opens."""
    if not sys.stdout.isatty():
        return sum(not done for done in rotate(left))
    with click.progressbar(rotate(left), length=len(left), label="Secrets") as bar:
        return sum(not done for done in bar)
