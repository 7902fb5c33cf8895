"""What the merchant and the customer see of payments that fail, and the merchant's choice."""

from datetime import timedelta

import pytest
from portal.door import Visitor
from support.acting import rewrite
from support.browser import Browser, signed_in
from support.builders import a_customer, a_member, a_merchant, a_subscription, customer_of, merchant_of
from support.dunning import (
    RETRY_AFTER,
    a_failure,
    arrived,
    cannot_pay,
    choices,
    chooses,
    is_on,
    kinds,
    notices,
    notified,
    pays,
    receives_otherwise,
    telling,
)
from support.mail import attempt_to_send
from support.webhooks import an_event_about, attempt_to_process
from support.winback import MONDAY, at
from winback.test_guard import withdrawal_declared

from kooneo.accounts.models import Merchant, Role
from kooneo.mail.models import MailProblem, MessageState
from kooneo.subscriptions.lifecycle import Gateway
from kooneo.subscriptions.models import Subscription

pytestmark = pytest.mark.usefixtures("app")

PAGE = "/settings/failed-payments"


@pytest.fixture
def merchant() -> Merchant:
    return a_merchant()


@pytest.fixture
def office(merchant: Merchant) -> Browser:
    return signed_in(a_member(merchant))


def _card(subscription: Subscription, office: Browser | None = None) -> str:
    office = office or signed_in(a_member(merchant_of(subscription)))
    page = office.open(f"/customers/{subscription.customer_id}/subscriptions")
    return page.by_id(f"subscription-{subscription.id}").text.replace("\u00a0", " ")


def _failed_twice() -> Subscription:
    """Its payments are known, too."""
    subscription = a_subscription()
    for attempt in (1, 2):
        with at(MONDAY + RETRY_AFTER * (attempt - 1)):
            cannot_pay(subscription, attempt=attempt)
            attempt_to_process(an_event_about(subscription, "PAYMENT.SALE.DENIED"))
            telling()
    return subscription


def test_the_record_says_since_when_how_often_and_what_comes() -> None:
    subscription = _failed_twice()
    with at(MONDAY + RETRY_AFTER):
        assert "Client prévenuPas encore : l’e-mail attend de partir" in _card(subscription)
        arrived(subscription)
        card = _card(subscription)
    for told in (
        "2 essais de prélèvement ont échoué depuis le 30 novembre 2026.",
        "Le dernier le 5 décembre 2026.",
        "Prochain essai de PayPal le 10 décembre 2026",
        "Reste dû : 49,00 €.",
        "Client prévenuLe 5 décembre 2026",
        "Prochain prélèvement10 décembre 2026",
    ):
        assert told in card


def test_the_record_says_when_the_customer_will_be_told() -> None:
    with at(MONDAY.replace(hour=7)):
        subscription = a_subscription()
        cannot_pay(subscription)
        notified(subscription)
        telling()
        assert "Client prévenuPas encore : l’e-mail part à 09:00" in _card(subscription)
    with at(MONDAY):
        assert "Client prévenuPas encore : l’e-mail part dans un instant" in _card(subscription)
        withdrawal_declared(subscription)
        assert "Client prévenu" not in _card(subscription)


def test_the_record_says_when_a_notice_did_not_arrive() -> None:
    with at(MONDAY):
        subscription = a_failure(a_subscription())
        (written,) = notices(subscription)
        rewrite(written, state=MessageState.FAILED, problem=MailProblem.RECIPIENT, next_attempt_at=None)
        assert "Client prévenuNon : l’e-mail n’a pas été remis" in _card(subscription)


def test_the_record_of_a_suspension_says_since_when_and_why() -> None:
    with at(MONDAY):
        subscription = a_failure(a_subscription(), attempt=3)
        arrived(subscription)
        card = _card(subscription)
    for told in (
        "3 essais de prélèvement ont échoué depuis le 30 novembre 2026.",
        "PayPal a suspendu l’abonnement le 30 novembre 2026 : l’accès est fermé depuis.",
        "Client prévenuLe 30 novembre 2026",
    ):
        assert told in card


def test_a_pause_speaks_of_no_failure() -> None:
    assert "échoué" not in _card(a_subscription(status="suspended"))


def test_once_paid_the_record_forgets_it() -> None:
    with at(MONDAY):
        subscription = a_failure(a_subscription())
        arrived(subscription)
        pays(subscription)
        notified(subscription)
        card = _card(subscription)
    assert "Client prévenu" not in card
    assert "Prochain essai" not in card


def test_what_was_received_otherwise_shows_on_both_sides() -> None:
    with at(MONDAY):
        subscription = a_failure(a_subscription())
        receives_otherwise(subscription)
        assert "le client n’est plus relancé" in _card(subscription)
        customer = customer_of(subscription)
        visitor = Visitor(merchant_of(customer))
        visitor.signs_in(customer)
        page = visitor.open(visitor.at("subscriptions"))
        assert "Votre paiement est arrivé autrement" in page.text
        assert "moyen de paiement" not in page.text


@pytest.mark.parametrize(
    ("attempt", "told"),
    [
        (1, ("Un prélèvement a échoué le 30 novembre 2026.", "Prochain essai de PayPal le 5 décembre 2026")),
        (3, ("3 essais de prélèvement ont échoué depuis le 30 novembre 2026.", "l’accès est fermé depuis")),
    ],
)
def test_the_customer_sees_it_with_the_way_to_put_it_right(attempt: int, told: tuple[str, ...]) -> None:
    with at(MONDAY):
        subscription = a_failure(a_subscription(), attempt=attempt)
        customer = customer_of(subscription)
        visitor = Visitor(merchant_of(customer))
        visitor.signs_in(customer)
        page = visitor.open(visitor.at("subscriptions"))
    for words in (*told, "Reste dû"):
        assert words in page.text
    link = page.find("a", href="https://www.sandbox.paypal.com/myaccount/autopay/")
    assert "Vérifier mon moyen de paiement chez PayPal" in link.text


def test_it_is_on_until_it_is_switched_off(merchant: Merchant, office: Browser) -> None:
    assert "checked" in office.open(PAGE).find("input", name="enabled").attributes
    assert office.post(PAGE, {}).status_code == 303
    assert not is_on(merchant)
    assert "Kooneo ne prévient plus vos clients" in office.open(PAGE).text
    assert "checked" not in office.page.find("input", name="enabled").attributes
    with at(MONDAY):
        subscription = a_failure(a_subscription(merchant=merchant))
        assert kinds(subscription) == []
        office = signed_in(a_member(merchant))
        assert "Client prévenuNon : ces e-mails sont désactivés" in _card(subscription, office)
        office.post(PAGE, {"enabled": "y"})
        telling()
    assert kinds(subscription) == ["failed"]
    assert choices(merchant) == ["off", "on"]


def test_the_same_choice_again_changes_nothing(merchant: Merchant) -> None:
    chooses(merchant, enabled=True)
    assert choices(merchant) == []


def test_the_preview_is_of_a_real_customer(merchant: Merchant, office: Browser) -> None:
    assert "Pas encore d’abonnement payé par PayPal" in office.open(PAGE).text
    a_subscription(merchant=merchant, gateway=Gateway.MANUAL)
    assert "Pas encore d’abonnement payé par PayPal" in office.open(PAGE).text
    fine = a_subscription(a_customer(merchant, given_name="Zoé"))
    assert "comme si un prélèvement échouait aujourd’hui" in office.open(PAGE).find("div", id="preview").text
    late = a_subscription(a_customer(merchant, given_name="Inès"), status="past_due")
    shown = office.open(PAGE).find("div", id="preview")
    assert "Bonjour Inès Martin," in shown.text
    assert [heading.text for heading in shown.find_all("summary")] == [
        "Après un prélèvement refusé",
        "Quand PayPal suspend l’abonnement",
        "Quand l’accès se rouvre",
    ]
    for htmx in (True, False):
        assert office.get(PAGE, query_string={"customer": str(fine.id)}, htmx=htmx).status_code == 200
        assert "Bonjour Zoé Martin," in office.page.text
    assert kinds(late) == []


def test_only_who_configures_may_choose(merchant: Merchant) -> None:
    browser = signed_in(a_member(merchant, role=Role.MEMBER))
    assert browser.get(PAGE).status_code == 403
    assert browser.post(PAGE, {}).status_code == 403
    assert is_on(merchant)


def test_a_message_that_waits_is_stopped_by_switching_off(merchant: Merchant) -> None:
    with at(MONDAY):
        subscription = a_failure(a_subscription(merchant=merchant))
        chooses(merchant, enabled=False)
        assert attempt_to_send(notices(subscription)[0]).state == MessageState.DROPPED
    with at(MONDAY + timedelta(days=1)):
        telling()
        assert arrived(subscription) == []
