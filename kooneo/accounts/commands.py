"""`flask --app app merchant …`."""

import re
import sys
import unicodedata

import click
from flask import current_app

from kooneo.accounts.models import Role
from kooneo.accounts.passwords import SHORTEST
from kooneo.accounts.services import (
    NewMerchant,
    NotAcceptable,
    create_merchant,
    disable_member,
    invite_member,
    replace_password,
)
from kooneo.language import DEFAULT_TIME_ZONE


@click.group()
def merchant() -> None:
    """Merchants, and who signs in to their back office."""


@merchant.command()
@click.option("--name", help="As customers know it.")
@click.option("--email", help="Of the owner, who signs in with it.")
@click.option("--owner", help="The owner's own name; the merchant's when it is not given.")
@click.option("--slug", help="The merchant's part of portal addresses; made from the name when it is not given.")
@click.option("--time-zone", default=DEFAULT_TIME_ZONE, show_default=True, help="An IANA name.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input, for scripts.")
def create(
    name: str | None, email: str | None, owner: str | None, slug: str | None, time_zone: str, password_stdin: bool
) -> None:
    """Add a merchant and its owner. Asks for what is not given; the password is not shown."""
    name = name or click.prompt("Merchant's name")
    email = email or click.prompt("Owner's e-mail")
    new = NewMerchant(name, slug or _slug_of(name), time_zone, owner or name, email)
    try:
        made = create_merchant(new, _password(password_stdin))
    except NotAcceptable as problem:
        raise click.ClickException(str(problem)) from problem
    click.echo(f"Merchant {made.slug} is there. {email} signs in at {current_app.config['SETTINGS'].base_url}/login")


@merchant.command()
@click.option("--merchant", "slug", required=True, help="The merchant's slug.")
@click.option("--email", required=True, help="What the person signs in with.")
@click.option("--name", required=True, help="As the journal shows it.")
@click.option("--role", type=click.Choice([Role.MEMBER, Role.VIEWER]), default=Role.MEMBER, show_default=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input, for scripts.")
def add_member(slug: str, email: str, name: str, role: str, password_stdin: bool) -> None:
    """Let somebody more sign in: a viewer only reads; the settings stay the owner's."""
    try:
        invite_member(slug, name=name, email=email, password=_password(password_stdin), role=Role(role))
    except NotAcceptable as problem:
        raise click.ClickException(str(problem)) from problem
    click.echo(f"{email} signs in at {current_app.config['SETTINGS'].base_url}/login")


@merchant.command()
@click.option("--email", required=True, help="What the person signs in with.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input, for scripts.")
def password(email: str, password_stdin: bool) -> None:
    """Replace a password that was lost. All browsers of that person are signed out."""
    try:
        replace_password(email, _password(password_stdin))
    except NotAcceptable as problem:
        raise click.ClickException(str(problem)) from problem
    click.echo(f"{email} has a new password, and is signed out everywhere.")


@merchant.command("disable-member")
@click.option("--email", required=True, help="What the person signs in with.")
def disable(email: str) -> None:
    """Let somebody sign in no more. What they did keeps their name."""
    try:
        disable_member(email)
    except NotAcceptable as problem:
        raise click.ClickException(str(problem)) from problem
    click.echo(f"{email} signs in no more, and is signed out everywhere.")


def _slug_of(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].rstrip("-")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    typed: str = click.prompt(f"Password ({SHORTEST} characters or more)", hide_input=True, confirmation_prompt=True)
    return typed
