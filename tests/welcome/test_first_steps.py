"""A new merchant is led through the first steps; each can be put off and taken up."""

import pytest
from flask import Flask
from support.acting import rewrite
from support.browser import Browser, signed_in
from support.builders import a_member, a_merchant, a_product, a_takeover
from support.html import Element
from support.keys import an_app, saves

from kooneo.accounts.models import Merchant, Role
from kooneo.takeover.states import TakeoverState

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def newcomer(app: Flask) -> Merchant:
    assert app
    return a_merchant(keys=False, new=True)


@pytest.fixture
def office(newcomer: Merchant) -> Browser:
    return signed_in(a_member(newcomer))


def _steps(office: Browser) -> list[Element]:
    return office.open("/customers").find_all("li", data_step=None)


def test_the_first_page_leads_to_the_first_step(office: Browser) -> None:
    keys, *others = _steps(office)
    assert (keys["data-step"], keys["data-state"]) == ("paypal-keys", "next")
    assert [(step["data-step"], step["data-state"]) for step in others] == [
        ("takeover", "to-do"),
        ("access-rules", "to-do"),
    ]
    assert keys.find("a", cls="button-main")["href"] == "/settings/paypal"


def test_a_step_that_was_put_off_can_still_be_taken_up(office: Browser) -> None:
    response = office.post("/welcome/paypal-keys/postponement")
    assert (response.status_code, response.location) == (303, "/customers")
    following, _, keys = _steps(office)
    assert (following["data-step"], following["data-state"]) == ("takeover", "next")
    assert keys["data-state"] == "later"
    assert "remis à plus tard" in keys.text
    assert keys.find("a", cls="button")["href"] == "/settings/paypal"


def test_the_list_goes_when_everything_is_done(newcomer: Merchant, office: Browser) -> None:
    assert saves(office, an_app()).status_code == 303
    assert [step["data-state"] for step in _steps(office)] == ["done", "next", "to-do"]
    a_takeover(newcomer, state=TakeoverState.DONE)
    brought = a_product(newcomer)
    rewrite(brought, rules_to_review=True)
    assert [step["data-state"] for step in _steps(office)] == ["done", "done", "next"]
    rewrite(brought, rules_to_review=False)
    assert _steps(office) == []


def test_the_list_goes_when_it_is_closed(office: Browser) -> None:
    assert office.post("/welcome/closing").status_code == 303
    assert _steps(office) == []


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_only_who_can_do_the_steps_is_led(newcomer: Merchant, role: Role) -> None:
    assert _steps(signed_in(a_member(newcomer, role=role))) == []
