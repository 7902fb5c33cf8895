"""`flask merchant create`: a merchant and the owner who signs in first."""

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from support.acting import journal_findings
from support.browser import Browser
from support.builders import PASSWORD, a_member
from support.running import in_app

from kooneo.accounts.models import Merchant, Role, TeamMember
from kooneo.extensions import db

pytestmark = pytest.mark.usefixtures("app")

GIVEN = {"--name": "Atelier Été & Cie", "--email": "Lou@Atelier.test", "--owner": "Lou Blanc"}


def _create(app: Flask, typed: str = f"{PASSWORD}\n", **changes: str) -> Result:
    given = GIVEN | {f"--{name.replace('_', '-')}": value for name, value in changes.items()}
    arguments = [part for option, value in given.items() for part in (option, value)]
    with app.app_context():
        return app.test_cli_runner().invoke(args=["merchant", "create", *arguments, "--password-stdin"], input=typed)


@in_app
def _found(slug: str) -> Merchant | None:
    return db.session.scalars(select(Merchant).filter_by(slug=slug)).one_or_none()


@in_app
def _members(merchant: Merchant) -> list[TeamMember]:
    return list(db.session.scalars(select(TeamMember).filter_by(merchant_id=merchant.id)))


def test_the_owner_signs_in_at_once(app: Flask) -> None:
    result = _create(app)
    assert (result.exit_code, PASSWORD in result.output) == (0, False)
    merchant = _found("atelier-ete-cie")
    assert merchant is not None
    assert (merchant.name, merchant.time_zone) == ("Atelier Été & Cie", "Europe/Paris")
    (owner,) = _members(merchant)
    assert (owner.name, owner.email, owner.role) == ("Lou Blanc", "lou@atelier.test", Role.OWNER)
    assert Browser().sign_in("lou@atelier.test").status_code == 302
    assert journal_findings(merchant.id) == []


def test_what_is_not_given_is_asked_for(app: Flask) -> None:
    answers = f"Studio Neuf\nneuf@studio.test\n{PASSWORD}\n{PASSWORD}\n"
    with app.app_context():
        result = app.test_cli_runner().invoke(args=["merchant", "create"], input=answers)
    assert result.exit_code == 0, result.output
    assert PASSWORD not in result.output
    assert _found("studio-neuf") is not None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": " "}, "name: "),
        ({"name": "漢字"}, "slug: small letters"),
        ({"slug": "Not A Slug"}, "slug: small letters"),
        ({"slug": "double--hyphen"}, "slug: small letters"),
        ({"email": "no address"}, "e-mail: "),
        ({"time_zone": "Europe/Lutece"}, "time zone: "),
        ({"typed": "too short\n"}, "password: 12 to 1024 characters"),
        ({"typed": ""}, "password: "),
        ({"typed": "motdepasse2026\n"}, "password: too easy to guess"),
        ({"typed": "Atelier-ETE-Cie-2026\n"}, "password: too easy to guess"),
    ],
)
def test_what_makes_no_sense_makes_nothing(app: Flask, changes: dict[str, str], said: str) -> None:
    result = _create(app, **changes)
    assert (result.exit_code, said in result.output) == (1, True), result.output
    assert _found("atelier-ete-cie") is None


def test_nobody_is_made_twice(app: Flask) -> None:
    assert _create(app).exit_code == 0
    assert "slug: atelier-ete-cie belongs to another merchant" in _create(app, email="other@atelier.test").output
    taken = a_member().email
    assert "signs in already" in _create(app, slug="another", email=taken.upper()).output
    assert _found("another") is None
