"""The customer is told of an end: when the merchant wishes it, once it is certain, and once."""

import pytest
from support import paypal
from support.acting import NORA, ask, attempt, changes_of, ended, try_until_settled
from support.browser import key_in, signed_in
from support.builders import (
    a_customer,
    a_grant,
    a_member,
    a_merchant,
    a_product,
    a_subscription,
    an_offer,
    customer_of,
    merchant_of,
    product_of,
)
from support.mail import outbox
from support.running import fresh, in_app

from kooneo.language import calendar_of, day, typeset
from kooneo.mail.models import OutboxMessage
from kooneo.subscriptions.lifecycle import Gateway
from kooneo.subscriptions.models import ChangeState, Subscription

pytestmark = pytest.mark.usefixtures("app")


def _text(message: OutboxMessage) -> str:
    return (message.text or "").replace("\u00a0", " ").replace("\u202f", " ")


def test_it_says_what_ended_what_becomes_of_payments_and_of_each_content() -> None:
    subscription = a_subscription(after_cancellation="until_paid")
    a_member(merchant_of(subscription))
    after, change = ended(subscription, "cancel")
    (message,) = outbox(subscription)
    assert (message.cause_id, message.recipient) == (change.id, customer_of(subscription).email)
    assert message.subject == typeset("Votre abonnement à « Atelier du mardi » est annulé")
    text = _text(message)
    merchant = merchant_of(subscription).name
    assert "Bonjour Alice Martin," in text
    assert f"{merchant} a annulé votre abonnement à « Atelier du mardi » (49,00 € par mois) le " in text
    assert "PayPal a confirmé l’arrêt : aucun prélèvement n’aura plus lieu" in text
    assert "- Premiers pas : se ferme le " in text
    assert "- Le grand format : ne s’ouvrira pas" in text
    assert str(after.paypal_id) in text
    assert f"Répondez à ce message : votre réponse arrive à {merchant}" in text
    for line in (line.removeprefix("- ") for line in (message.text or "").splitlines() if line.strip("- ")):
        assert line in (message.html or ""), "both say the same"


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("complete", "est allé à son terme"),
        ("abandon", "a arrêté votre abonnement"),
    ],
)
def test_each_end_has_its_words(action: str, words: str) -> None:
    subscription = a_subscription()
    ended(subscription, action, notify=True)
    (message,) = outbox(subscription)
    assert words in _text(message)
    assert "abandonné" not in _text(message)


def test_what_paypal_made_of_it_is_what_is_told() -> None:
    """Cancelled was wished; it had been carried to its term."""
    subscription = a_subscription(total_cycles=3)
    paypal.change(subscription.paypal_id, status="EXPIRED")
    ended(subscription, "cancel")
    (message,) = outbox(subscription)
    assert "est allé à son terme" in _text(message)


@pytest.mark.parametrize(
    ("status", "action", "told"),
    [
        ("active", "cancel", 1),
        ("past_due", "complete", 1),
        ("active", "abandon", 0),
        ("pending", "cancel", 0),
        ("cancelled", "abandon", 0),
    ],
)
def test_what_is_usual_when_nobody_chooses(status: str, action: str, told: int) -> None:
    subscription = a_subscription(status=status)
    ended(subscription, action)
    assert len(outbox(subscription)) == told


@pytest.mark.parametrize("action", ["cancel", "complete", "abandon"])
def test_the_merchants_choice_counts(action: str) -> None:
    for notify in (True, False):
        subscription = a_subscription()
        ended(subscription, action, notify=notify)
        assert len(outbox(subscription)) == notify


def test_a_correction_and_an_exchange_are_not_told_even_if_somebody_asks() -> None:
    subscription = a_subscription(status="cancelled")
    ask(subscription, "abandon", notify=True)
    ask(subscription, "correct", to="completed", reason="Erreur", notify=True)
    assert outbox(subscription) == []


def test_a_refused_change_tells_nobody() -> None:
    subscription = a_subscription()
    paypal.fails(subscription.paypal_id, "get", "404", times=0)
    _after, change = ended(subscription, "cancel")
    assert change.state == ChangeState.REFUSED
    assert outbox(subscription) == []


def test_nothing_is_told_before_it_is_certain_and_then_once() -> None:
    """Timeouts, a 500 that was applied, a second attempt: one message."""
    subscription = a_subscription()
    paypal.fails(subscription.paypal_id, "cancel", "500_applied")
    paypal.fails(subscription.paypal_id, "get", "503", times=2)
    change = attempt(ask(subscription, "cancel"))
    assert change.state == ChangeState.UNKNOWN
    assert outbox(subscription) == []
    change = try_until_settled(change)
    attempt(change)
    assert change.attempts >= 2
    assert len(outbox(subscription)) == 1


def test_a_subscription_paid_outside_paypal() -> None:
    subscription = a_subscription(gateway=Gateway.MANUAL)
    ask(subscription, "cancel")
    (message,) = outbox(subscription)
    assert "payé hors de PayPal" in _text(message)
    assert str(subscription.id)[:8].upper() in _text(message)


def test_dates_are_told_on_the_merchants_calendar() -> None:
    for time_zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        subscription = a_subscription(merchant=a_merchant(time_zone=time_zone))
        ended(subscription, "cancel")
        after = fresh(subscription)
        expected = in_app(_day)(after, time_zone)
        assert f"le {expected}." in _text(outbox(subscription)[0])


def _day(subscription: Subscription, time_zone: str) -> str:
    assert subscription.ended_at is not None
    with calendar_of(time_zone):
        return day(subscription.ended_at)


def test_access_that_another_row_gives_is_told_as_open() -> None:
    subscription = a_subscription(after_cancellation="closed")
    a_grant(customer_of(subscription), product_of(subscription))
    ended(subscription, "cancel")
    assert "- Premiers pas : reste ouvert (accès donné à la main)" in _text(outbox(subscription)[0])


def test_names_are_text_in_both_versions() -> None:
    customer = a_customer(given_name='<img src=x onerror="alert(1)">', family_name="{{ 7*7 }}")
    product = a_product(merchant_of(customer), contents=(("<script>alert(1)</script>", 0),))
    offer = an_offer(product, title="</p><h1>A & B")
    ended(a_subscription(customer, offer=offer), "cancel")
    (message,) = outbox(customer)
    html = message.html or ""
    assert "<img" not in html
    assert "<script>" not in html
    assert "<h1>" not in html
    assert "</p><h1>A & B" in _text(message)
    assert "{{ 7*7 }}" in _text(message)


@pytest.mark.parametrize(("action", "ticked"), [("cancellation", True), ("completion", True), ("abandonment", False)])
def test_the_form_says_to_whom_and_shows_what(action: str, ticked: bool) -> None:
    subscription = a_subscription()
    office = signed_in(a_member(merchant_of(subscription)))
    page = office.open(f"/subscriptions/{subscription.id}/{action}")
    box = page.find("input", type="checkbox", name="notify")
    assert ("checked" in box.attributes) == ticked
    assert customer_of(subscription).email in page.find(cls="effects").text
    shown = page.find(cls="letter").text
    assert "Bonjour Alice Martin" in shown
    path = f"/subscriptions/{subscription.id}/{action}"
    office.post(path, {"change_key": key_in(page), "notify": ["false", "true"]})
    (change,) = changes_of(subscription)
    assert change.notify_customer
    attempt(change)
    (sent,) = outbox(subscription)
    assert shown.split() == f"{sent.subject} {sent.text}".split(), "what was shown is what is sent"


def test_unticked_is_a_choice_and_a_form_that_comes_back_keeps_it() -> None:
    subscription = a_subscription()
    office = signed_in(a_member(merchant_of(subscription)))
    path = f"/subscriptions/{subscription.id}/cancellation"
    form = {"change_key": key_in(office.open(path)), "notify": "false"}
    assert office.post(path, form | {"reason": "x" * 200}).status_code == 422
    assert "checked" not in office.page.find("input", type="checkbox", name="notify").attributes
    assert office.post(path, form).status_code == 303
    assert office.post(path, form).status_code == 303, "the same form twice is one change"
    assert office.post(path, form | {"notify": "true"}).status_code == 409
    (change,) = changes_of(subscription)
    attempt(change)
    assert outbox(subscription) == []


def test_the_choice_stands_in_the_journal() -> None:
    subscription = a_subscription()
    ended(subscription, "cancel", notify=False, by=NORA)
    office = signed_in(a_member(merchant_of(subscription)))
    page = office.open(f"/customers/{subscription.customer_id}/journal")
    facts = page.find_all("dl", cls="journal-facts")
    assert ["E-mail au clientnon" in " ".join(fact.text for fact in line.find_all("div")) for line in facts] == [
        True,
        True,
    ]


def test_where_nothing_is_sent_the_form_says_so() -> None:
    subscription = a_subscription(status="cancelled")
    office = signed_in(a_member(merchant_of(subscription)))
    page = office.open(f"/subscriptions/{subscription.id}/abandonment")
    assert "Aucun e-mail n’est envoyé." in page.find(cls="effects").text
    assert page.find_all("input", name="notify") == []
