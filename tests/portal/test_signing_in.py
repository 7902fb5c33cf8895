"""The portal's door: a code by e-mail, once, soon, in the browser that asked. It never tells who is a customer."""

from dataclasses import replace

import pytest
from flask import Flask
from support.acting import journal_findings, later
from support.browser import Browser, signed_in
from support.builders import a_customer, a_member, a_merchant, a_subscription, merchant_of
from support.mail import attempt_to_send, outbox
from support.running import running_app

from kooneo.accounts.models import Merchant
from kooneo.customers.models import Customer
from kooneo.portal.services.codes import CODES_PER_EMAIL, TRIES_PER_CODE

from .door import Visitor, asked_for, code_sent_to, other_than, the_worker_writes_the_codes

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def customer(app: Flask) -> Customer:
    assert app
    return a_customer(email="camille@client.test")


@pytest.fixture
def merchant(customer: Customer) -> Merchant:
    return merchant_of(customer)


@pytest.fixture
def visitor(merchant: Merchant) -> Visitor:
    return Visitor(merchant)


def _says_spent(visitor: Visitor) -> bool:
    return "Ce code ne peut plus servir." in visitor.page.text


def test_the_code_that_was_sent_opens_the_space(visitor: Visitor, customer: Customer, merchant: Merchant) -> None:
    assert not visitor.is_in()
    response = visitor.asks("  Camille@Client.test ")
    assert (response.status_code, response.location) == (303, visitor.at("login"))
    page = visitor.open(visitor.at("login"))
    assert page.by_id("code")["autocomplete"] == "one-time-code"
    response = visitor.fill_in(code=code_sent_to(customer))
    assert (response.status_code, response.location) == (303, visitor.at("subscriptions"))
    assert customer.name in visitor.open(visitor.at("subscriptions")).text
    assert visitor.get(visitor.path).location == visitor.at("subscriptions")
    assert journal_findings(merchant.id) == []


def test_it_says_the_same_of_an_address_that_nobody_has(
    visitor: Visitor, customer: Customer, merchant: Merchant
) -> None:
    stranger = Visitor(merchant)
    pages = []
    for browser, email in ((visitor, customer.email), (stranger, "inconnu@client.test")):
        response = browser.asks(email)
        assert response.status_code == 303
        asked = browser.open(browser.at("login")).text.replace(email, "…")
        wrong = browser.fill_in(code="000000" if browser is stranger else other_than(code_sent_to(customer)))
        pages.append((asked, wrong.status_code, browser.page.text.replace(email, "…")))
    assert pages[0] == pages[1]
    assert [len(outbox(merchant))] == [1]


def test_a_customer_of_another_merchant_is_a_stranger_here(customer: Customer) -> None:
    elsewhere = Visitor(a_merchant())
    elsewhere.asks(customer.email)
    assert outbox(customer) == []


def test_a_code_serves_once(visitor: Visitor, customer: Customer, merchant: Merchant) -> None:
    visitor.asks(customer.email)
    code = code_sent_to(customer)
    copy = Visitor(merchant)
    copy.client._cookies = dict(visitor.client._cookies)  # type: ignore[attr-defined]
    assert visitor.fill_in(code=code).status_code == 303
    copy.token = ""
    copy.open(copy.at("login"))
    assert copy.post(copy.at("login"), {"code": code}).status_code == 422
    assert _says_spent(copy)
    assert not copy.is_in()


def test_a_code_is_old_after_ten_minutes(visitor: Visitor, customer: Customer) -> None:
    visitor.asks(customer.email)
    code = code_sent_to(customer)
    with later(minutes=9):
        visitor.open(visitor.at("login")).by_id("code")
    with later(minutes=11):
        assert visitor.fill_in(code=code).status_code == 422
        assert _says_spent(visitor)
        assert not visitor.is_in()


def test_a_code_is_worth_nothing_in_another_browser(visitor: Visitor, customer: Customer, merchant: Merchant) -> None:
    visitor.asks(customer.email)
    code = code_sent_to(customer)
    thief = Visitor(merchant, address="192.0.2.66")
    assert thief.fill_in(code=code).status_code == 422
    thief.asks(customer.email)
    assert thief.fill_in(code=code).status_code == 422
    assert not thief.is_in()
    assert visitor.fill_in(code=code).status_code == 303, "and still serves in the right one"


def test_fifty_tries(visitor: Visitor, customer: Customer) -> None:
    visitor.asks(customer.email)
    code = code_sent_to(customer)
    for number in range(50):
        assert visitor.fill_in(code=other_than(code)).status_code == 422
        assert _says_spent(visitor) == (number >= TRIES_PER_CODE - 1)
    assert visitor.fill_in(code=code).status_code == 422
    assert not visitor.is_in()
    visitor.asks(customer.email)
    assert visitor.fill_in(code=code_sent_to(customer)).status_code == 303


def test_many_requests(visitor: Visitor, customer: Customer, merchant: Merchant) -> None:
    codes = [visitor.fill_in(email=customer.email).status_code for _ in range(CODES_PER_EMAIL + 2)]
    assert codes == [303] * CODES_PER_EMAIL + [429] * 2
    assert "Vous pourrez en demander un autre dans 15 minutes" in visitor.page.by_id("email-error").text
    assert visitor.page.by_id("email")["value"] == customer.email
    elsewhere = Visitor(merchant, address="192.0.2.77")
    assert elsewhere.asks(customer.email).status_code == 303, "nobody keeps the customer out from another address"
    with later(minutes=16):
        assert visitor.asks(customer.email).status_code == 303


def test_the_link_brings_the_code_and_uses_nothing(visitor: Visitor, customer: Customer, merchant: Merchant) -> None:
    """A mail scanner opens it first: another browser, then ours, then the button."""
    visitor.asks(customer.email)
    code = code_sent_to(customer)
    link = visitor.at(f"login?code={code}")
    for _ in range(3):
        scanner = Browser()
        assert "dans le navigateur où vous avez demandé le code" in scanner.open(link).text
    page = visitor.open(link)
    assert page.by_id("code")["value"] == code
    assert asked_for(merchant)[0].used_at is None
    assert visitor.post(visitor.at("login"), {"code": code}).status_code == 303
    assert visitor.is_in()


def test_the_code_stands_nowhere_once_it_has_left(visitor: Visitor, customer: Customer, merchant: Merchant) -> None:
    visitor.asks(customer.email)
    code = code_sent_to(customer)
    (message,), (asked,) = outbox(customer), asked_for(merchant)
    assert (message.text, message.html) == (None, None)
    assert code not in message.subject
    assert asked.code_digest != code


def test_a_code_that_would_come_too_late_is_not_sent(visitor: Visitor, customer: Customer) -> None:
    visitor.asks(customer.email)
    with later(minutes=11):
        failed = attempt_to_send(outbox(customer)[0])
    assert (failed.state, failed.problem, failed.text) == ("failed", "too_late", None)


def test_the_worker_writes_one_code_however_often_it_tries(
    visitor: Visitor, customer: Customer, merchant: Merchant
) -> None:
    visitor.asks(customer.email)
    first = asked_for(merchant)[0].code_digest
    the_worker_writes_the_codes()
    assert asked_for(merchant)[0].code_digest == first
    assert len(outbox(customer)) == 1


@pytest.mark.parametrize("email", ["", "camille", "a" * 250 + "@client.test"])
def test_what_is_no_address_comes_back(visitor: Visitor, email: str) -> None:
    assert visitor.fill_in(email=email).status_code == 422
    assert visitor.page.by_id("email-error").text
    assert visitor.page.by_id("email")["value"] == email


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦"])
def test_what_is_no_code_costs_no_try(visitor: Visitor, customer: Customer, merchant: Merchant, code: str) -> None:
    visitor.asks(customer.email)
    assert visitor.fill_in(code=code).status_code == 422
    assert visitor.page.by_id("code-error").text
    assert asked_for(merchant)[0].tries == 0


def test_a_code_is_read_as_people_type_it(visitor: Visitor, customer: Customer) -> None:
    visitor.asks(customer.email)
    code = code_sent_to(customer)
    assert visitor.fill_in(code=f" {code[:3]} {code[3:]} ").status_code == 303


def test_signing_out_ends_it_at_the_server(visitor: Visitor, customer: Customer, merchant: Merchant) -> None:
    visitor.signs_in(customer)
    copy = Visitor(merchant)
    copy.client._cookies = dict(visitor.client._cookies)  # type: ignore[attr-defined]
    assert copy.is_in()
    visitor.open(visitor.at("subscriptions"))
    response = visitor.post(visitor.at("logout"))
    assert (response.status_code, response.location) == (303, visitor.at("login"))
    assert not visitor.is_in()
    assert not copy.is_in()


@pytest.mark.parametrize("hours", [3, 13])
def test_a_session_ends_by_itself(visitor: Visitor, customer: Customer, hours: int) -> None:
    visitor.signs_in(customer)
    with later(hours=hours):
        assert not visitor.is_in()


def test_each_space_has_its_own_cookie(visitor: Visitor, customer: Customer, merchant: Merchant) -> None:
    """A team member is nobody in the portal, a customer nobody in the back office, and neither cookie is of use there."""
    office = signed_in(a_member(merchant))
    assert office.get(visitor.at("subscriptions")).location == visitor.at("login")
    visitor.signs_in(customer)
    assert visitor.get("/customers").location.startswith("/login")
    cookie = visitor.client.get_cookie("kooneo_portal")
    assert cookie is not None
    visitor.client.set_cookie("kooneo_office", cookie.value)
    assert visitor.get("/customers").location.startswith("/login")
    other = office.client.get_cookie("kooneo_office")
    assert other is not None
    office.client.set_cookie("kooneo_portal", other.value)
    assert office.get(visitor.at("subscriptions")).location == visitor.at("login")
    assert office.get("/customers").status_code == 200


def test_a_session_opens_one_merchants_portal_only(visitor: Visitor, customer: Customer) -> None:
    visitor.signs_in(customer)
    other = a_merchant()
    a_customer(other, email=customer.email)
    assert visitor.get(f"/portal/{other.slug}/subscriptions").location == f"/portal/{other.slug}/login"
    assert visitor.get("/portal/personne/login").status_code == 404


def test_a_customer_sees_their_own_subscriptions_and_no_others(
    visitor: Visitor, customer: Customer, merchant: Merchant
) -> None:
    own = a_subscription(customer)
    others = a_subscription(merchant=merchant)
    visitor.signs_in(customer)
    page = visitor.open(visitor.at("subscriptions"))
    section = page.by_id(f"subscription-{own.id}")
    assert (section["data-status"], section["data-change"]) == ("active", "")
    assert section.find(cls="badge").text == "En cours"
    lines = {line.find(cls="access-name").text: line["data-access"] for line in section.find_all("li")}
    assert lines == {"Premiers pas": "open", "Les couleurs": "open", "Le grand format": "closed"}
    assert str(others.id) not in visitor.get(visitor.at("subscriptions")).text


def test_a_form_without_its_token_does_nothing(visitor: Visitor, customer: Customer, merchant: Merchant) -> None:
    visitor.signs_in(customer)
    for path in ("login", "logout"):
        assert visitor.send("POST", visitor.at(path), data={"email": customer.email}).status_code == 400
    assert visitor.is_in()
    assert len(asked_for(merchant)) == 1


def test_behind_https_the_cookie_is_bound_to_the_host(app: Flask, merchant: Merchant) -> None:
    with running_app(replace(app.config["SETTINGS"], base_url="https://kooneo.example")) as secure:
        path = f"/portal/{merchant.slug}/login"
        cookie = secure.test_client().get(path, base_url="https://kooneo.example").headers["Set-Cookie"]
    assert cookie.startswith("__Host-kooneo_portal=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_the_portal_asks_no_other_host_for_anything(app: Flask, merchant: Merchant) -> None:
    with running_app(replace(app.config["SETTINGS"], htmx="cdn")) as with_cdn:
        assert "jsdelivr" not in with_cdn.test_client().get(f"/portal/{merchant.slug}/login").text
