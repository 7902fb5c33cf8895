"""Réglages > Propositions de reprise."""

import uuid
from datetime import timedelta

import pytest
from portal.door import Visitor
from support.browser import Browser, signed_in
from support.builders import a_member, a_merchant, a_payment, a_product, a_subscription, customer_of, offer_of
from support.mail import attempt_to_send
from support.running import in_app
from support.winback import (
    MONDAY,
    NORA,
    a_cancelled,
    a_proposal,
    again_path,
    at,
    proposals,
    proposes_again,
    proposing,
    stop_path,
)

from kooneo.accounts.models import Merchant, Role
from kooneo.clock import now
from kooneo.subscriptions.models import Subscription
from kooneo.winback.models import SUBJECT_LENGTH, TEXT_LENGTH, Step, WinbackMessage
from kooneo.winback.series import Settings, Template, settings_of, template_of
from kooneo.winback.services.propose import propose_by_hand

pytestmark = pytest.mark.usefixtures("app")

PAGE = "/settings/winback"
FIRST, SECOND = f"{PAGE}/first", f"{PAGE}/second"
WRITTEN = {"days": "5", "subject": "Revenez, {{ prénom }}", "text": "Bonjour {{  Prénom }},\n\nÀ bientôt."}

_settings = in_app(lambda merchant: settings_of(merchant.id))
_template = in_app(lambda merchant, step: template_of(merchant.id, step))


@pytest.fixture
def merchant() -> Merchant:
    return a_merchant()


@pytest.fixture
def office(merchant: Merchant) -> Browser:
    return signed_in(a_member(merchant))


def test_it_is_off_until_it_is_switched_on(merchant: Merchant, office: Browser) -> None:
    product = a_product(merchant)
    page = office.open(PAGE)
    assert "checked" not in page.find("input", name="enabled").attributes
    assert "checked" in page.find("input", value=str(product.id)).attributes
    office.post(PAGE, {"enabled": "y", "products": str(product.id)})
    assert _settings(merchant) == Settings(enabled=True)
    assert "Les propositions sont activées" in office.open(PAGE).text
    assert "checked" in office.page.find("input", name="enabled").attributes


def test_a_product_is_left_out_and_a_new_one_is_proposed(merchant: Merchant, office: Browser) -> None:
    kept, left = a_product(merchant), a_product(merchant, title="Gravure")
    office.post(PAGE, {"enabled": "y", "abandon_unanswered": "y", "products": [str(kept.id), "nonsense"]})
    assert _settings(merchant) == Settings(True, True, frozenset({left.id}))
    new = a_product(merchant, title="Encre")
    page = office.open(PAGE)
    ticked = {box["value"] for box in page.find_all("input", name="products") if "checked" in box.attributes}
    assert ticked == {str(kept.id), str(new.id)}


def test_a_message_is_rewritten_and_the_next_customer_reads_it(merchant: Merchant, office: Browser) -> None:
    assert office.post(FIRST, WRITTEN).status_code == 303
    assert _template(merchant, Step.FIRST) == Template(Step.FIRST, 5, WRITTEN["subject"], WRITTEN["text"])
    assert office.open(FIRST).find("textarea").text.startswith("Bonjour {{ Prénom }},")
    with at(MONDAY):
        subscription = a_cancelled(proposes_again(merchant), days=5.1)
        proposing()
    (message,) = proposals(subscription)
    assert message.subject == "Revenez, Alice"
    assert (message.text or "").startswith("Bonjour Alice,\n\nÀ bientôt.")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"days": "demain"}, "entre 1 et 365"),
        ({"days": "0"}, "entre 1 et 365"),
        ({"days": "366"}, "entre 1 et 365"),
        ({"days": "3"}, "Le message précédent part après 3 jours"),
        ({"days": "45"}, "Le message suivant part après 45 jours"),
        ({"subject": ""}, "Écrivez un objet"),
        ({"subject": "a" * (SUBJECT_LENGTH + 1)}, "est trop long"),
        ({"subject": "Pour {{ ville }}"}, "« {{ ville }} »"),
        ({"text": " \n "}, "Écrivez le message"),
        ({"text": "a" * (TEXT_LENGTH + 2)}, "est trop long"),
        ({"text": "Bonjour {{ prenom }}"}, "« {{ prenom }} »"),
        ({"text": "Bonjour {{ prénom }"}, "« {{ »"),
        ({"text": "Bonjour prénom }}"}, "« }} »"),
        ({"text": "{{ prénom\nnom }}"}, "{{ prénom nom }}"),
        ({"text": "{{ prénom.__class__ }}"}, "Kooneo ne sait pas"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_wrong_is_explained_beside_it_and_nothing_is_kept(
    merchant: Merchant, office: Browser, wrong: dict[str, str], told: str
) -> None:
    before = _template(merchant, Step.SECOND)
    typed = WRITTEN | wrong
    assert office.post(SECOND, typed).status_code == 422
    error = office.page.find("p", cls="field-error").text.replace("\u00a0", " ")
    assert told in error
    assert office.page.find("input", name="subject")["value"] == typed["subject"].strip()
    assert _template(merchant, Step.SECOND) == before


def test_the_preview_is_of_a_real_customer_and_keeps_nothing(merchant: Merchant, office: Browser) -> None:
    assert "Pas encore d’abonnement annulé" in office.open(FIRST).text
    older, newer = a_cancelled(merchant, days=9), a_cancelled(merchant, days=4)
    assert customer_of(newer).name in office.open(FIRST).find("div", id="preview").text
    for htmx in (True, False):
        office.post(FIRST, WRITTEN | {"preview": "1", "customer": str(older.id)}, htmx=htmx)
        assert "Revenez, Alice" in office.page.find("div", cls="letter").text
    assert office.page.find("option", value=str(older.id)).attributes.get("selected") is not None
    office.post(FIRST, WRITTEN | {"preview": "1", "customer": str(a_cancelled().id)}, htmx=True)
    assert customer_of(newer).name in office.page.text
    assert office.post(FIRST, WRITTEN | {"preview": "1", "text": "{{ quoi }}"}).status_code == 422
    assert _template(merchant, Step.FIRST).days == 3


def test_the_figures_say_what_each_message_has_brought(merchant: Merchant, office: Browser) -> None:
    with at(MONDAY):
        proposes_again(merchant)
        ignored, left, back = (a_cancelled(merchant, days=days) for days in (3.1, 3.2, 3.3))
        messages = [a_message(subscription) for subscription in (ignored, left, back)]
        click(stop_path(messages[1]), merchant)
        click(again_path(messages[2]), merchant)
    with at(MONDAY + timedelta(hours=1)):
        again = a_subscription(customer_of(back), offer=offer_of(back), days=0)
        paid = a_payment(again, amount=4900, at=now())
        a_payment(again, amount=4900, refunded=1000)
        a_subscription(customer_of(back), days=0)  # to something else
    with at(MONDAY + timedelta(days=11)):
        proposing()
        for message in proposals(ignored):
            attempt_to_send(message)
    rows = office.open(PAGE).find("table").find("tbody").find_all("tr")
    shown = [[cell.text.replace("\u00a0", " ") for cell in row.find_all("td")] for row in rows]
    nothing = ["0", "0", "0", "0", "Rien"]
    assert shown == [["3", "1", "1", "1", "88,00 €"], ["1", "0", "0", "0", "Rien"], nothing, nothing]
    assert paid


def test_what_the_team_sent_by_hand_is_counted_beside_the_series(merchant: Merchant, office: Browser) -> None:
    with at(MONDAY):
        back = a_cancelled(merchant)
        message = sent_by_hand(back)
        click(again_path(message), merchant)
    with at(MONDAY + timedelta(hours=1)):
        again = a_subscription(customer_of(back), offer=offer_of(back), days=0)
        a_payment(again, amount=4900)
    row = office.open(PAGE).find("table").find("tbody").find_all("tr")[-1]
    assert "Envoyés à la main" in row.text
    shown = [cell.text.replace("\u00a0", " ") for cell in row.find_all("td")]
    assert shown == ["1", "1", "1", "0", "49,00 €"]


def sent_by_hand(subscription: Subscription) -> WinbackMessage:
    message = by_hand(subscription, key=uuid.uuid4(), by=NORA)
    attempt_to_send(proposals(subscription)[0])
    return message


by_hand = in_app(propose_by_hand)


def a_message(subscription: object):  # type: ignore[no-untyped-def]
    message = a_proposal(subscription)  # type: ignore[arg-type]
    attempt_to_send(proposals(subscription)[0])  # type: ignore[arg-type]
    return message


def click(path: str, merchant: Merchant) -> None:
    visitor = Visitor(merchant)
    visitor.open(path)
    assert visitor.post(path).status_code == 303


def test_who_does_not_configure_is_refused(merchant: Merchant) -> None:
    member = signed_in(a_member(merchant, role=Role.MEMBER))
    for path in (PAGE, FIRST):
        assert member.get(path).status_code == 403
        assert member.post(path, WRITTEN).status_code == 403
