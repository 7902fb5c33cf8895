"""A secret and a password that must be found nowhere, whatever is done with them and whatever goes wrong."""

import base64
import logging
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from house_rules.world import World, a_world, addresses, rules
from sqlalchemy import text
from support import paypal
from support.acting import rewrite
from support.browser import Browser
from support.keys import PAGE, an_app, saves, tries
from support.running import in_app, running_app

from kooneo.accounts.passwords import hash_password
from kooneo.extensions import db

SECRET = "canary-of-a-paypal-secret-4242"
PASSWORD = "canary of a password, long enough"
_KINDS = ("401", "403", "404", "429", "500", "reset_before", "reset_after", "truncated", "html")


@pytest.fixture
def world(app: Flask) -> World:
    assert app
    return a_world()


@pytest.fixture
def office(world: World) -> Browser:
    rewrite(world.owner, password_hash=hash_password(PASSWORD))
    office = Browser()
    assert office.sign_in(world.owner.email, PASSWORD).status_code == 302
    return office


@pytest.fixture
def caplog(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """At the level that tells most."""
    for name in ("", "werkzeug", "urllib3", "requests", "paypalrestsdk"):
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


def _hidden(keys: dict[str, str]) -> list[str]:
    """As they are, and as they travel."""
    pair = f"{keys['client_id']}:{keys['client_secret']}".encode()
    return [SECRET, PASSWORD, base64.b64encode(pair).decode()]


def _keys() -> dict[str, str]:
    keys = an_app() | {"client_secret": SECRET}
    paypal.knows_keys(keys["client_id"], SECRET)
    return keys


@in_app
def _rows() -> str:
    tables = db.metadata.tables
    return "\n".join(str(tuple(row)) for name in tables for row in db.session.execute(text(f"SELECT * FROM {name}")))


def _files(app: Flask) -> bytes:
    """The database as it lies on the disk, the log that is not yet folded into it too."""
    path = Path(app.config["SETTINGS"].database_url.removeprefix("sqlite:///"))
    files = [file for file in path.parent.glob(f"{path.name}*") if file.is_file()] if path.is_absolute() else []
    return b"".join(file.read_bytes() for file in files)


def _do_everything(office: Browser, keys: dict[str, str]) -> list[str]:
    """Each thing that can be done with keys, and each that can go wrong. Returns every answer."""
    answers = [tries(office, keys), tries(office, keys | {"environment": "production"}), tries(office, keys, htmx=True)]
    for on in ("token", "get"):
        for kind in _KINDS:
            paypal.fails_for_keys(keys["client_id"], on, kind)
            answers.append(saves(office, keys, password=PASSWORD))
            paypal.heals()
    answers += [
        saves(office, keys, password=f"{PASSWORD}!"),
        saves(office, keys, password=PASSWORD),
        saves(office, keys, password=PASSWORD, csrf_token="forged"),
        office.post(f"{PAGE}/deletion", {"password": f"{PASSWORD}!"}),
        tries(office, keys | {"client_secret": ""}),
    ]
    return [f"{answer.headers}\n{answer.text}" for answer in answers]


def test_neither_is_found_anywhere(
    app: Flask,
    world: World,
    office: Browser,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    keys = _keys()
    found = _do_everything(office, keys)
    found += [
        office.get(path).data.decode(errors="replace")
        for rule in rules(app)
        if "GET" in (rule.methods or set())
        for path in addresses(rule, world.ids)
    ]
    found.append(_rows())
    printed = capfd.readouterr()
    found += [caplog.text, printed.out, printed.err]
    assert caplog.records, "nothing was logged: this would show nothing"
    everything = "\n".join(found)
    files = _files(app)
    for hidden in _hidden(keys):
        assert hidden not in everything
        assert hidden.encode() not in files
    assert keys["client_id"] in everything
    assert keys["client_id"].encode() in files or not files, "the wrong files: this would show nothing"


def test_an_error_of_our_own_tells_neither(
    app: Flask,
    world: World,
    office: Browser,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """PayPal's address is no address: that breaks in the middle, where the secret is at hand."""
    assert office
    keys = _keys()
    with running_app(replace(app.config["SETTINGS"], paypal_url="ftp://nowhere")) as broken:
        other = Browser(broken)
        other.sign_in(world.owner.email, PASSWORD)
        other.open(PAGE)
        answer = saves(other, keys, password=PASSWORD)
    assert answer.status_code == 500
    printed = capfd.readouterr()
    assert "request.failed" in printed.out
    for hidden in _hidden(keys):
        assert hidden not in answer.text + printed.out + printed.err + caplog.text
