"""`flask merchant …`: a merchant and the owner who signs in first, the team, and passwords that were lost."""

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from support.acting import journal_findings
from support.browser import Browser, signed_in
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


# --- the team, and a password that was lost


ANOTHER = "encore une autre phrase"


def _run(app: Flask, command: str, typed: str = "", **options: str) -> Result:
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    arguments += ["--password-stdin"] if typed else []
    with app.app_context():
        return app.test_cli_runner().invoke(args=["merchant", command, *arguments], input=f"{typed}\n")


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_somebody_more_signs_in(app: Flask, role: Role) -> None:
    owner = a_member(role=Role.OWNER)
    email = f"{role}@atelier.test"
    result = _run(app, "add-member", ANOTHER, merchant=owner.merchant.slug, email=email, name="Léo Roux", role=role)
    assert result.exit_code == 0, result.output
    assert Browser().sign_in(email, ANOTHER).status_code == 302
    (added,) = [member for member in _members(owner.merchant) if member.email == email]
    assert (added.name, added.role) == ("Léo Roux", role)
    assert journal_findings(owner.merchant_id) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"merchant": "nobody"}, "merchant: there is none"),
        ({"email": "no address"}, "e-mail: "),
        ({"typed": "too short"}, "password: 12"),
        ({"name": " "}, "name: "),
    ],
)
def test_a_member_that_makes_no_sense_is_not_added(app: Flask, changes: dict[str, str], said: str) -> None:
    merchant = a_member().merchant
    given = {"merchant": merchant.slug, "email": "leo@atelier.test", "name": "Léo Roux", "typed": ANOTHER} | changes
    result = _run(app, "add-member", **given)
    assert (result.exit_code, said in result.output) == (1, True), result.output
    assert len(_members(merchant)) == 1


def test_a_lost_password_is_replaced_and_every_browser_signed_out(app: Flask) -> None:
    member = a_member()
    before = signed_in(member)
    assert before.get("/customers").status_code == 200
    assert _run(app, "password", "short", email=member.email).exit_code == 1
    assert before.get("/customers").status_code == 200
    assert _run(app, "password", ANOTHER, email=member.email.upper()).exit_code == 0
    assert before.get("/customers").status_code == 302
    assert Browser().sign_in(member.email).status_code == 422
    assert Browser().sign_in(member.email, ANOTHER).status_code == 302


def test_who_is_disabled_signs_in_no_more(app: Flask) -> None:
    owner = a_member(role=Role.OWNER)
    member = a_member(owner.merchant, role=Role.MEMBER)
    before = signed_in(member)
    assert _run(app, "disable-member", email=member.email).exit_code == 0
    assert before.get("/customers").status_code == 302
    assert Browser().sign_in(member.email).status_code == 422
    assert "nobody signs in" in _run(app, "disable-member", email=member.email).output
    assert "owns the account" in _run(app, "disable-member", email=owner.email).output
    assert Browser().sign_in(owner.email).status_code == 302
