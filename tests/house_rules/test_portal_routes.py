"""The same sweep over the customers' space: the team, other customers, and nobody (security lines 1 to 4, 27)."""

import pytest
from flask import Flask
from portal.door import Visitor, at_home
from support.browser import Browser, signed_in
from support.builders import a_customer
from werkzeug.routing import Rule

from kooneo.accounts.access_control import PUBLIC_ENDPOINTS

from .test_routes import answer_to, everything
from .world import UNSAFE, World, a_world, addresses, missing, portal_rules, rules


@pytest.fixture
def world(app: Flask) -> World:
    assert app
    return a_world()


def private(app: Flask) -> list[Rule]:
    return [rule for rule in portal_rules(app) if rule.endpoint not in PUBLIC_ENDPOINTS]


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("who", ["nobody", "the owner"])
def test_who_is_no_customer_comes_to_the_portals_door(app: Flask, world: World, who: str, htmx: bool) -> None:
    slug = world.merchant.slug
    browser: Browser = Visitor(world.merchant) if who == "nobody" else signed_in(world.owner)
    browser.open(f"/portal/{slug}/login")
    for rule in private(app):
        for path in addresses(rule, world.ids, slug):
            for method in (rule.methods or set()) - {"OPTIONS"}:
                form = {"csrf_token": browser.token} if method in UNSAFE else None
                response = browser.send(method, path, htmx=htmx, data=form)
                place = response.headers.get("HX-Redirect") if htmx else response.location
                assert place == f"/portal/{slug}/login", f"{method} {path} answers {response.status_code}"
                assert response.status_code == (200 if htmx else 303)


def test_a_customer_is_nobody_in_the_back_office(app: Flask, world: World) -> None:
    customer = at_home(world.customer)
    for rule in rules(app):
        if rule.endpoint in PUBLIC_ENDPOINTS:
            continue
        for path in addresses(rule, world.ids):
            for method in (rule.methods or set()) - {"OPTIONS"}:
                form = {"csrf_token": customer.token} if method in UNSAFE else None
                response = customer.send(method, path, data=form)
                assert response.status_code in (302, 400), f"{method} {path} answers {response.status_code}"
                assert response.status_code == 400 or response.location.startswith("/login")


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("whose", ["a neighbour's", "another merchant's"])
def test_anothers_id_answers_exactly_like_a_missing_one(app: Flask, world: World, whose: str, htmx: bool) -> None:
    """The other customer has the same e-mail address at the other merchant."""
    foreign = whose == "another merchant's"
    stranger = a_world().merchant if foreign else world.merchant
    visitor = at_home(a_customer(stranger, email=world.customer.email if foreign else "autre@client.test"))
    asked = 0
    for rule in private(app):
        theirs = addresses(rule, world.ids, stranger.slug)
        nobodys = addresses(rule, missing(world), stranger.slug)
        if theirs == nobodys:
            continue
        for method in (rule.methods or set()) - {"OPTIONS"}:
            for one, other in zip(theirs, nobodys, strict=True):
                asked += 1
                answers = [answer_to(visitor, method, path, htmx) for path in (one, other)]
                assert answers[0][0] == 404, f"{method} {one} answers {answers[0][0]}: use own_or_404"
                assert answers[0] == answers[1], f"{method} {one} tells that it exists"
    assert asked >= 8


def test_one_merchants_session_opens_no_other_portal(app: Flask, world: World) -> None:
    visitor, other = at_home(world.customer), a_world()
    for rule in private(app):
        for path in addresses(rule, other.ids, other.merchant.slug):
            response = visitor.get(path)
            if "GET" in (rule.methods or set()):
                assert response.location == f"/portal/{other.merchant.slug}/login", path


def test_the_customer_gets_in_everywhere_and_changes_nothing_by_looking(app: Flask, world: World) -> None:
    """And finds nothing of another merchant: every name and e-mail of the noise contains "voisin"."""
    visitor = at_home(world.customer)
    before = everything()
    for rule in portal_rules(app):
        if "GET" not in (rule.methods or set()):
            continue
        for path in addresses(rule, world.ids, world.merchant.slug):
            for htmx in (False, True):
                response = visitor.get(path, htmx=htmx)
                # 303: what was asked already is shown; 409: what this contract does not offer.
                assert response.status_code in (200, 302, 303, 409), f"{path} answers {response.status_code}"
                assert everything() == before, f"GET {path} wrote to the database: make it a POST"
                assert "voisin" not in response.data.decode(errors="replace").lower(), f"{path} shows another's rows"


def test_every_unsafe_method_needs_the_csrf_token(app: Flask, world: World) -> None:
    visitor = at_home(world.customer)
    before = everything()
    for rule in portal_rules(app):
        for path in addresses(rule, world.ids, world.merchant.slug):
            for method in set(UNSAFE) & (rule.methods or set()):
                for form in ({}, {"csrf_token": "forged"}):
                    assert visitor.send(method, path, data=form).status_code == 400, f"{method} {path}"
    assert everything() == before
