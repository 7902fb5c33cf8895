"""A message of the series may propose another offer than the customer had."""

import uuid
from datetime import timedelta

import pytest
from portal.door import Visitor
from support.acting import rewrite
from support.browser import signed_in
from support.builders import (
    a_member,
    a_merchant,
    a_payment,
    a_product,
    a_subscription,
    an_offer,
    customer_of,
    merchant_of,
)
from support.running import fresh
from support.winback import (
    MONDAY,
    a_cancelled,
    a_proposal,
    again_path,
    at,
    decided,
    proposals,
    proposes_again,
    proposing,
    sent_to,
    writes,
)

from kooneo.catalog.models import Offer
from kooneo.clock import now
from kooneo.subscriptions.models import Subscription
from kooneo.winback.models import Refusal, Step
from kooneo.winback.series import Template

pytestmark = pytest.mark.usefixtures("app")

FIRST = "/settings/winback/first"
WRITTEN = {"days": "3", "subject": "{{ offre }}", "text": "« {{ abonnement }} », ou {{ offre }} à {{ prix }}."}


@pytest.fixture
def lighter() -> Offer:
    merchant = proposes_again(a_merchant())
    return an_offer(a_product(merchant, title="Carnet"), title="Le carnet du mois", price=900)


@pytest.fixture
def left(lighter: Offer) -> Subscription:
    merchant = merchant_of(lighter)
    writes(merchant, Template(Step.FIRST, 3, WRITTEN["subject"], WRITTEN["text"], lighter.id))
    with at(MONDAY):
        return a_cancelled(merchant)


def test_the_message_names_it_and_its_price(lighter: Offer, left: Subscription) -> None:
    with at(MONDAY):
        message = a_proposal(left)
    (written,) = proposals(left)
    assert message.offer_id == lighter.id
    assert written.subject == "Le carnet du mois"
    text = (written.text or "").replace("\u00a0", " ").replace("\u202f", " ")
    assert "« Atelier du mardi », ou Le carnet du mois à 9,00 € par mois." in text


def test_its_link_leads_to_the_order_page_of_that_offer(lighter: Offer, left: Subscription) -> None:
    with at(MONDAY):
        message = a_proposal(left)
        visitor = Visitor(merchant_of(left))
        page = visitor.open(again_path(message))
        assert page.find("h1").text == "Le carnet du mois"
        assert "9,00 € par mois" in page.text.replace("\u00a0", " ")
        assert "Votre abonnement à « Atelier du mardi » a pris fin" in page.text.replace("\u00a0", " ")
        assert visitor.post(again_path(message)).location == visitor.at(f"offers/{lighter.slug}")


def test_what_was_chosen_later_does_not_change_what_was_proposed(lighter: Offer, left: Subscription) -> None:
    with at(MONDAY):
        message = a_proposal(left)
        writes(merchant_of(left), Template(Step.FIRST, 3, "Sujet", "Texte"))
        assert Visitor(merchant_of(left)).open(again_path(message)).find("h1").text == "Le carnet du mois"


def test_it_is_not_proposed_once_it_is_archived(lighter: Offer, left: Subscription) -> None:
    rewrite(lighter, archived_at=now())
    with at(MONDAY):
        proposing()
    assert [message.refusal for message in decided(left)] == [Refusal.NOT_FOR_SALE]


def test_archived_between_writing_and_sending_it_does_not_leave_and_its_link_says_so(
    lighter: Offer, left: Subscription
) -> None:
    with at(MONDAY):
        message = a_proposal(left)
        rewrite(lighter, archived_at=now())
        assert sent_to(left) == []
        page = Visitor(merchant_of(left)).open(again_path(message))
    assert "n’est plus en vente" in page.text


def test_who_has_it_already_is_not_written_to(lighter: Offer, left: Subscription) -> None:
    with at(MONDAY):
        a_subscription(customer_of(left), offer=lighter)
        proposing()
    assert [message.refusal for message in decided(left)] == [Refusal.TAKEN_UP]


def test_subscribing_to_it_counts_as_taken_up(lighter: Offer, left: Subscription) -> None:
    with at(MONDAY):
        a_proposal(left)
        sent_to(left)
    with at(MONDAY + timedelta(hours=1)):
        a_payment(a_subscription(customer_of(left), offer=lighter, days=0), amount=900)
    row = signed_in(a_member(merchant_of(left))).open("/settings/winback").find("tbody").find_all("tr")[0]
    assert [cell.text.replace("\u00a0", " ") for cell in row.find_all("td")] == ["1", "0", "1", "0", "9,00 €"]


def test_it_is_chosen_on_the_page_of_the_message(lighter: Offer) -> None:
    office = signed_in(a_member(merchant_of(lighter)))
    office.open(FIRST)
    assert office.post(FIRST, WRITTEN | {"offer": str(lighter.id)}).status_code == 303
    chosen = office.open(FIRST).find("select", name="offer").find("option", selected="")
    assert chosen["value"] == str(lighter.id)
    assert office.post(FIRST, WRITTEN | {"offer": ""}).status_code == 303
    assert office.open(FIRST).find("select", name="offer").find("option")["value"] == ""


def test_an_archived_one_is_refused_and_named(lighter: Offer) -> None:
    office = signed_in(a_member(merchant_of(lighter)))
    office.open(FIRST)
    rewrite(lighter, archived_at=now())
    answer = office.post(FIRST, WRITTEN | {"offer": str(lighter.id), "subject": "Mes mots"})
    assert answer.status_code == 422
    assert "est archivée : choisissez-en une autre" in office.page.text.replace("\u00a0", " ")
    assert office.page.find("input", name="subject")["value"] == "Mes mots"
    assert "Le carnet du mois (archivée)" in office.page.find("select", name="offer").text


@pytest.mark.parametrize("what", ["nothing", "another merchant's"])
def test_what_is_not_one_of_the_merchants_is_refused(lighter: Offer, what: str) -> None:
    office = signed_in(a_member(merchant_of(lighter)))
    office.open(FIRST)
    offer_id = an_offer().id if what != "nothing" else uuid.uuid4()
    assert office.post(FIRST, WRITTEN | {"offer": str(offer_id)}).status_code == 422
    assert "Choisissez une offre de la liste" in office.page.text
    assert fresh(lighter)
