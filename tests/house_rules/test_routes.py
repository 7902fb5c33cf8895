"""The sweep over the URL map (security lines 1 to 4, 10, 27): every route, asked by everybody who must not get in."""

import hashlib
import re

import pytest
from flask import Flask
from sqlalchemy import text
from support.browser import Browser, signed_in
from support.builders import a_member
from support.running import in_app
from werkzeug.routing.converters import AnyConverter, PathConverter, UUIDConverter

from kooneo.accounts.access_control import _PERMISSIONS, PUBLIC_ENDPOINTS
from kooneo.accounts.models import Role
from kooneo.extensions import db

from .world import UNSAFE, World, a_world, addresses, all_rules, missing, portal_rules, rules

PUBLIC_PATHS = re.compile(
    r"/(login|healthz|readyz|metrics|static/.*|help/.*|dev/.*|webhooks/paypal/.*"
    r"|portal/[^/]+/(login|termination|withdrawal|accessibility|offers/.*|unsubscribe/.*))"
)


@pytest.fixture
def world(app: Flask) -> World:
    assert app
    return a_world()


def test_every_view_says_who_may_call_it(app: Flask) -> None:
    for rule in portal_rules(app):
        for_customers = getattr(app.view_functions[rule.endpoint], "for_customers", False)
        assert for_customers == (rule.endpoint not in PUBLIC_ENDPOINTS), (
            f"{rule.endpoint} needs @for_customers, or a place in PUBLIC_ENDPOINTS, not both"
        )
    for rule in rules(app):
        permission = getattr(app.view_functions[rule.endpoint], "permission", None)
        assert (permission is None) == (rule.endpoint in PUBLIC_ENDPOINTS), (
            f"{rule.endpoint} needs @requires(Permission.…), or a place in PUBLIC_ENDPOINTS, not both"
        )


def test_the_public_list_names_only_what_exists(app: Flask) -> None:
    assert PUBLIC_ENDPOINTS - set(app.view_functions) == set(), "take what is gone off PUBLIC_ENDPOINTS"


def test_the_public_list_is_the_one_of_the_design(app: Flask) -> None:
    for rule in all_rules(app):
        if rule.endpoint in PUBLIC_ENDPOINTS:
            assert PUBLIC_PATHS.fullmatch(rule.rule), f"{rule} is public; design.md, section 6, does not say so"


def test_every_id_in_an_address_is_typed(app: Flask) -> None:
    for rule in all_rules(app):
        for name, converter in rule._converters.items():
            typed = isinstance(converter, UUIDConverter | AnyConverter | PathConverter)
            assert typed or name in ("slug", "merchant_slug", "merchant_token", "winback_token"), (
                f"{rule}: write <uuid:{name}>"
            )
            assert not name.endswith("_id") or isinstance(converter, UUIDConverter), f"{rule}: write <uuid:{name}>"


@pytest.mark.parametrize("htmx", [False, True])
def test_nobody_gets_in_without_signing_in(app: Flask, world: World, htmx: bool) -> None:
    visitor = Browser()
    visitor.open("/login")
    for rule in rules(app):
        if rule.endpoint in PUBLIC_ENDPOINTS:
            continue
        for path in addresses(rule, world.ids):
            for method in rule.methods or set():
                form = {"csrf_token": visitor.token} if method in UNSAFE else None
                response = visitor.send(method, path, htmx=htmx, data=form)
                if method == "OPTIONS" and response.status_code == 200:
                    assert response.data == b""
                elif htmx:
                    assert (response.status_code, response.data) == (200, b""), f"{method} {path}"
                    assert response.headers["HX-Redirect"].startswith("/login")
                else:
                    assert response.status_code in (302, 303), f"{method} {path} answers {response.status_code}"
                    assert response.location.startswith("/login")


@pytest.mark.parametrize("htmx", [False, True])
def test_another_merchants_id_answers_exactly_like_a_missing_one(app: Flask, world: World, htmx: bool) -> None:
    stranger = signed_in(a_world().owner)
    asked = 0
    for rule in rules(app):
        if rule.endpoint in PUBLIC_ENDPOINTS:
            continue
        theirs, nobodys = addresses(rule, world.ids), addresses(rule, missing(world))
        if theirs == nobodys:
            continue
        for method in (rule.methods or set()) - {"OPTIONS"}:
            for one, other in zip(theirs, nobodys, strict=True):
                asked += 1
                answers = [answer_to(stranger, method, path, htmx) for path in (one, other)]
                assert answers[0][0] == 404, (
                    f"{method} {one} answers {answers[0][0]}: use get_or_404 (kooneo.accounts.scoping)"
                )
                assert answers[0] == answers[1], f"{method} {one} tells that it exists"
    assert asked >= 10


def answer_to(browser: Browser, method: str, path: str, htmx: bool) -> tuple[int, str, dict[str, str]]:
    form = {"csrf_token": browser.token, "change_key": "sweep"} if method in UNSAFE else None
    response = browser.send(method, path, htmx=htmx, data=form)
    body = re.sub(r'(content|value)="[\w.-]{40,}"', "", response.text)
    ignored = ("Date", "Set-Cookie", "Content-Length")
    return response.status_code, body, {k: v for k, v in response.headers.items() if k not in ignored}


def test_the_owner_gets_in_everywhere(app: Flask, world: World) -> None:
    """The other passes prove something only where the right person is let in."""
    owner = signed_in(world.owner)
    for rule in rules(app):
        for path in addresses(rule, world.ids):
            if "GET" in (rule.methods or set()):
                response = owner.get(path)
                # 409: a form that this subscription's status does not offer.
                assert response.status_code in (200, 302, 409), f"{path} answers {response.status_code}"


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("role", Role)
def test_each_role_gets_what_its_permissions_say(app: Flask, world: World, role: Role, htmx: bool) -> None:
    browser = signed_in(a_member(world.merchant, role=role))
    for rule in rules(app):
        permission = getattr(app.view_functions[rule.endpoint], "permission", None)
        if permission is None or rule.endpoint == "accounts.logout":
            continue
        for path in addresses(rule, missing(world)):
            for method in (rule.methods or set()) - {"OPTIONS"}:
                form = {"csrf_token": browser.token} if method in UNSAFE else None
                refused = browser.send(method, path, htmx=htmx, data=form).status_code == 403
                assert refused == (permission not in _PERMISSIONS[role]), f"{role}: {method} {path}"


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("token", [None, "", "forged"])
def test_every_unsafe_method_needs_the_csrf_token(app: Flask, world: World, token: str | None, htmx: bool) -> None:
    owner = signed_in(world.owner)
    before = everything()
    asked = 0
    for rule in rules(app):
        for path in addresses(rule, world.ids):
            for method in set(UNSAFE) & (rule.methods or set()):
                asked += 1
                form = {} if token is None else {"csrf_token": token}
                response = owner.send(method, path, htmx=htmx, data=form)
                assert response.status_code == 400, f"{method} {path} answers {response.status_code} without the token"
    assert asked >= 4
    assert everything() == before


def test_no_get_changes_anything(app: Flask, world: World) -> None:
    owner = signed_in(world.owner)
    before = everything()
    for htmx in (False, True):
        for rule in rules(app):
            if "GET" not in (rule.methods or set()):
                continue
            for path in addresses(rule, world.ids):
                owner.get(path, htmx=htmx)
                assert everything() == before, f"GET {path} wrote to the database: make it a POST"


@in_app
def everything() -> dict[str, str]:
    """A digest of each table, the job engine's ones too."""
    prefix = "dbos." if db.engine.dialect.name == "postgresql" else ""
    names = [*db.metadata.tables, f"{prefix}workflow_status"]
    return {name: _digest(name) for name in names}


def _digest(table: str) -> str:
    rows = sorted(repr(tuple(row)) for row in db.session.execute(text(f"SELECT * FROM {table}")))
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def test_nothing_of_another_merchant_stands_on_any_page(app: Flask, world: World) -> None:
    """Every name and e-mail of the noise contains "voisin"."""
    owner = signed_in(world.owner)
    queries = ("", "?q=voisin", "?status=active", "?q=I-")
    for rule in rules(app):
        if "GET" not in (rule.methods or set()):
            continue
        for path in addresses(rule, world.ids):
            for query in queries:
                body = owner.get(path + query).data.decode(errors="replace").lower()
                body = body.replace("q=voisin", "").replace('value="voisin"', "")
                assert "voisin" not in body, f"{path}{query} shows another merchant's rows"


def test_an_error_shows_an_id_and_nothing_of_the_inside(new_app: Flask, world: World) -> None:
    @new_app.get("/login/broken")
    def broken() -> str:
        raise RuntimeError("canary of the inside")

    new_app.view_functions["broken"].permission = "see"  # type: ignore[attr-defined]
    owner = signed_in(world.owner)
    response = owner.get("/login/broken")
    assert response.status_code == 500
    assert "canary" not in response.text
    assert "Traceback" not in response.text
    assert re.search(r"référence\s?: [0-9a-f]{8}", response.text.replace("\u00a0", " "))


def test_a_view_without_a_permission_answers_nobody(new_app: Flask, world: World) -> None:
    @new_app.get("/customers/forgotten")
    def forgotten() -> str:
        return "open to everybody"

    for browser in (Browser(), signed_in(world.owner)):
        response = browser.get("/customers/forgotten")
        assert response.status_code == 500
        assert "open to everybody" not in response.text
