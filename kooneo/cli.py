"""The commands of `flask --app app`."""

import click
from flask import Flask, current_app

from kooneo.accounts.commands import merchant
from kooneo.demo.commands import demo, seed
from kooneo.extensions import db
from kooneo.settings.commands import secrets
from kooneo.subscriptions.commands import reconcile
from kooneo.takeover.commands import import_


def init_app(app: Flask) -> None:
    app.cli.add_command(worker)
    app.cli.add_command(journal)
    app.cli.add_command(merchant)
    app.cli.add_command(secrets)
    app.cli.add_command(seed)
    app.cli.add_command(demo)
    app.cli.add_command(paypal)


@click.command()
def worker() -> None:
    """Carry out what was asked for: takes jobs from the database until it is told to stop."""
    from kooneo.jobs.worker import AlreadyRunning, run

    try:
        run(current_app._get_current_object())  # type: ignore[attr-defined]
    except AlreadyRunning as error:
        raise click.ClickException(str(error)) from error


@click.group()
def paypal() -> None:
    """What Kooneo and PayPal have in common."""


paypal.add_command(import_)
paypal.add_command(reconcile)


@click.group()
def journal() -> None:
    """The journal of who did what."""


@journal.command()
def verify() -> None:
    """Prove that no line was changed, added or taken away."""
    from kooneo.accounts.models import Merchant
    from kooneo.journal.services import verify as findings

    problems = 0
    for tenant in db.session.query(Merchant).order_by(Merchant.slug):
        for finding in findings(tenant.id):
            problems += 1
            click.echo(f"{tenant.slug}: {finding}")
    if problems:
        raise click.ClickException(f"{problems} problems")
    click.echo("The journal is whole.")
