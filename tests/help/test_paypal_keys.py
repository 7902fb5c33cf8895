"""The guide to PayPal's keys: for anybody; with what is right already for those who are signed in."""

import pytest
from support import paypal
from support.browser import Browser, signed_in
from support.builders import a_member, a_merchant, client_id_of
from support.keys import PAGE, an_app, findings, saves, tries

from kooneo.accounts.models import Role

pytestmark = pytest.mark.usefixtures("app")

GUIDE = "/help/paypal-keys"


def test_anybody_reads_the_steps() -> None:
    page = Browser().open(GUIDE)
    assert page.find("h1").text == "Configurer les clés API PayPal"
    assert len(page.find_all("ol", cls="guide-steps")) == 3
    assert page.find_all("ul", cls="checks") == []


def test_what_is_right_already_follows_the_merchants_keys() -> None:
    merchant = a_merchant(keys=False)
    office = signed_in(a_member(merchant))
    assert findings(office.open(GUIDE)) == ["to-do", "to-do"]
    keys = an_app("live")
    saves(office, keys)
    assert findings(office.open(GUIDE)) == ["passed", "passed", "passed"]
    assert "Production" in office.page.text
    paypal.knows_keys(keys["client_id"], "replaced-at-paypal", environment="live")
    tries(office, keys | {"client_secret": ""})
    assert findings(office.open(GUIDE)) == ["passed", "passed", "failed"]


def test_keys_that_were_never_tried_say_so() -> None:
    merchant = a_merchant()
    office = signed_in(a_member(merchant))
    assert findings(office.open(GUIDE)) == ["passed", "passed", "to-do"]
    assert client_id_of(merchant) not in office.page.text


def test_who_may_not_change_keys_is_told_who_may() -> None:
    office = signed_in(a_member(a_merchant(), role=Role.MEMBER))
    page = office.open(GUIDE)
    assert "Seul le propriétaire" in page.text
    assert page.find_all("a", href=PAGE) == []
