"""Réglages > Espace client: what customers may do alone."""

from typing import Any

import pytest
from support.browser import Browser, signed_in
from support.builders import a_member, a_merchant
from support.running import in_app

from kooneo.accounts.models import Merchant, Role
from kooneo.portal.options import DuringCommitment, Options, options_of

pytestmark = pytest.mark.usefixtures("app")

PAGE = "/settings/portal"
CHOSEN = {
    "self_cancellation": "y",
    "ask_motive": "y",
    "instalments": "y",
    "during_commitment": "allowed",
    "message": "",
}

_options = in_app(lambda merchant: options_of(merchant.id))


def saved(merchant: Merchant) -> Options:
    found: Options = _options(merchant)
    return found


@pytest.fixture
def merchant() -> Merchant:
    return a_merchant()


@pytest.fixture
def office(merchant: Merchant) -> Browser:
    return signed_in(a_member(merchant))


def test_nothing_is_allowed_until_the_merchant_says_so(merchant: Merchant, office: Browser) -> None:
    page = office.open(PAGE)
    assert "checked" not in page.find("input", name="self_cancellation").attributes
    assert saved(merchant) == Options(self_cancellation=False)


def test_what_is_chosen_is_kept_and_shown_again(merchant: Merchant, office: Browser) -> None:
    chosen = CHOSEN | {"during_commitment": "at_its_end", "message": "  Merci !\nUn mot avant de partir ? "}
    del chosen["ask_motive"]
    assert office.post(PAGE, chosen).status_code == 303
    assert saved(merchant) == Options(
        self_cancellation=True,
        ask_motive=False,
        message="  Merci !\nUn mot avant de partir ?",
        during_commitment=DuringCommitment.AT_ITS_END,
    )
    page = office.open(PAGE)
    assert "checked" in page.find("input", name="self_cancellation").attributes
    assert "checked" not in page.find("input", name="ask_motive").attributes


def test_without_keys_the_option_stays_off_and_says_what_to_do() -> None:
    merchant = a_merchant(keys=False)
    office = signed_in(a_member(merchant))
    answer = office.post(PAGE, CHOSEN)
    assert answer.status_code == 422
    assert "Configurez d’abord vos clés API PayPal" in office.page.text
    assert not saved(merchant).self_cancellation
    assert office.post(PAGE, CHOSEN | {"self_cancellation": ""}).status_code in (303, 422)


@pytest.mark.parametrize(
    "wrong", [{"message": "a" * 501}, {"during_commitment": "never"}, {"during_commitment": ""}], ids=str
)
def test_what_is_wrong_is_explained_and_changes_nothing(
    merchant: Merchant, office: Browser, wrong: dict[str, Any]
) -> None:
    assert office.post(PAGE, CHOSEN | wrong).status_code == 422
    assert office.page.find("p", cls="field-error").text
    assert saved(merchant) == Options()


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        ("allowed", "Votre contrat prend fin dès que PayPal"),
        ("at_its_end", "Votre contrat prend fin au terme de l’engagement, le"),
        ("as_request", "Votre demande est datée et enregistrée"),
    ],
)
def test_the_preview_follows_the_choice_and_keeps_nothing(
    merchant: Merchant, office: Browser, choice: str, told: str
) -> None:
    for htmx in (True, False):
        office.post(PAGE, CHOSEN | {"during_commitment": choice, "preview": "1", "message": "Un mot"}, htmx=htmx)
        committed = office.page.find_all("div", cls="example")[1]
        assert told in committed.text
        assert "Un mot" in committed.text
    assert saved(merchant) == Options()


def test_a_member_who_does_not_configure_is_refused(merchant: Merchant) -> None:
    member = signed_in(a_member(merchant, role=Role.MEMBER))
    assert member.get(PAGE).status_code == 403
    assert member.post(PAGE, CHOSEN).status_code == 403
