"""Ending and withdrawing by declaration: always accepted, dated, carried out as far as it goes by itself."""

import re
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from support import paypal
from support.acting import ask, at, attempt, journal_of, later, rewrite, run_schedule
from support.browser import signed_in
from support.builders import (
    a_customer,
    a_member,
    a_merchant,
    a_payment,
    a_subscription,
    a_termination_request,
    customer_of,
    lets_customers_cancel,
    merchant_of,
    saved,
)
from support.mail import outbox
from support.running import fresh, in_app
from support.together import at_once

from kooneo.accounts.models import Merchant
from kooneo.clock import local_date, now
from kooneo.legal.models import Consent, LegalRequest, RequestKind
from kooneo.legal.queries import acknowledged
from kooneo.legal.services import carry_out, receive
from kooneo.legal.services.carry_out import UnknownToken
from kooneo.legal.services.identify import identify
from kooneo.legal.services.receive import Declaration, TooManyRequests
from kooneo.portal.options import DuringCommitment
from kooneo.subscriptions.lifecycle import Gateway, SubscriptionStatus
from kooneo.subscriptions.models import StatusChange, Subscription
from kooneo.subscriptions.services.request import unsettled_change

pytestmark = pytest.mark.usefixtures("app")


@in_app
def _receive(merchant: Merchant, declaration: Declaration, key: str, address: str) -> LegalRequest:
    return receive.receive(merchant.id, declaration, key=key, address=address)


_identify = in_app(lambda request: identify(str(request.id)))


def link_of(request: LegalRequest) -> str:
    """The token in the message that was sent to the address on file; empty when there is none."""
    letters = [
        each for each in outbox(merchant_of(request)) if each.cause_id == request.id and each.kind == "declaration_link"
    ]
    found = re.search(r"token=(\S+)", letters[0].text or "") if letters else None
    return found.group(1) if found else ""


_verify = in_app(lambda merchant, token: carry_out.verify(merchant.id, token))
_carry_out = in_app(lambda request: carry_out.carry_out(request.id))
_change_of = in_app(lambda subscription: unsettled_change(subscription.id))


def typed(subscription: Subscription, **fields: Any) -> Declaration:
    """What this customer would type."""
    values: dict[str, Any] = {
        "kind": RequestKind.TERMINATION,
        "name": "Alice Martin",
        "email": customer_of(subscription).email,
        "contract": subscription.paypal_id or "",
    }
    return Declaration(**(values | fields))


def received(subscription: Subscription, *, address: str = "192.0.2.1", **fields: Any) -> LegalRequest:
    """Declared without an account, and looked at by the worker."""
    request = _receive(merchant_of(subscription), typed(subscription, **fields), str(uuid.uuid4()), address)
    for _ in range(2):
        _identify(request)
    return fresh(request)  # type: ignore[no-any-return]


def settled(subscription: Subscription) -> Subscription:
    """The worker attempts what is open."""
    change: StatusChange | None = _change_of(subscription)
    if change:
        attempt(change)
    return fresh(subscription)


def attention(merchant: Merchant) -> Iterator[str]:
    page = signed_in(a_member(merchant)).open("/attention")
    return (each.text for each in page.find_all("article", cls="attention"))


@pytest.fixture
def subscription() -> Subscription:
    found = a_subscription()
    lets_customers_cancel(merchant_of(found))
    return found


def test_a_stranger_ends_nothing_until_the_link_on_file_is_used(subscription: Subscription) -> None:
    declared = received(subscription)
    assert link_of(declared)
    _carry_out(declared)
    run_schedule(carry_out.carry_out_due)
    assert _change_of(subscription) is None
    [line] = attention(merchant_of(subscription))
    assert "Un lien de confirmation a été envoyé" in line
    for _ in range(2):
        _verify(merchant_of(subscription), link_of(declared))
    assert settled(subscription).status == SubscriptionStatus.CANCELLED
    assert paypal.cancellations(subscription.paypal_id) == 1
    assert list(attention(merchant_of(subscription))) == []


def test_each_message_is_written_once_however_often_the_worker_tries(subscription: Subscription) -> None:
    a_member(merchant_of(subscription))
    declared = received(subscription)
    _verify(merchant_of(subscription), link_of(declared))
    for _ in range(2):
        _identify(declared)
        _carry_out(declared)
        settled(subscription)
        run_schedule(carry_out.carry_out_due)
    kinds = Counter(message.kind for message in outbox(merchant_of(subscription)))
    assert kinds == {"termination_received": 1, "declaration_link": 1, "ended_customer": 1, "ended_merchant": 1}


def test_the_change_is_the_customers_with_their_motive(subscription: Subscription) -> None:
    request = a_termination_request(subscription, motive="Trop cher")
    _carry_out(request)
    change = _change_of(subscription)
    assert (change.actor_kind, change.actor_id, change.reason) == ("customer", subscription.customer_id, "Trop cher")
    assert settled(subscription).status == SubscriptionStatus.CANCELLED


def test_another_merchants_link_is_unknown(subscription: Subscription) -> None:
    declared = received(subscription)
    for merchant, token in ((a_merchant(), link_of(declared)), (merchant_of(subscription), "x")):
        with pytest.raises(UnknownToken):
            _verify(merchant, token)


@pytest.mark.parametrize(
    "named", ["by its reference", "in small letters with spaces", "not at all, but there is only one"]
)
def test_the_contract_is_found(subscription: Subscription, named: str) -> None:
    told = {"by its reference": subscription.paypal_id, "not at all, but there is only one": ""}
    contract = told.get(named) or f" {(subscription.paypal_id or '').lower().replace('-', ' ')} "
    if named.startswith("not"):
        contract = ""
    assert received(subscription, contract=contract).subscription_id == subscription.id


def test_of_two_contracts_none_is_guessed(subscription: Subscription) -> None:
    a_subscription(customer_of(subscription))
    request = received(subscription, contract="je ne sais plus")
    assert (request.customer_id, request.subscription_id) == (subscription.customer_id, None)


def test_with_another_address_the_link_goes_to_the_one_on_file(subscription: Subscription) -> None:
    declared = received(subscription, email="autre@client.test")
    assert declared.customer_id == subscription.customer_id
    assert link_of(declared)


def test_nobody_we_know_is_kept_all_the_same(subscription: Subscription) -> None:
    declared = received(subscription, email="personne@client.test", contract="12345")
    assert (link_of(declared), declared.customer_id) == ("", None)
    [line] = attention(merchant_of(subscription))
    assert "ne correspondent à une fiche" in line


def test_the_same_form_twice_is_one_declaration(subscription: Subscription) -> None:
    declaration, key = typed(subscription), str(uuid.uuid4())
    first, second = (_receive(merchant_of(subscription), declaration, key, "192.0.2.1") for _ in range(2))
    assert first.id == second.id


def test_a_double_click_is_one_declaration(subscription: Subscription) -> None:
    merchant, declaration, key = merchant_of(subscription), typed(subscription), str(uuid.uuid4())
    answers = at_once(*[lambda: _receive(merchant, declaration, key, "192.0.2.1")] * 4)
    assert len({answer.id for answer in answers}) == 1, answers


def test_nobody_fills_the_mailbox_of_somebody_else(subscription: Subscription) -> None:
    for number in range(8):
        received(subscription, email="autre@client.test", address=f"192.0.2.{number}")
    written = [message for message in outbox(merchant_of(subscription)) if message.recipient == "autre@client.test"]
    assert len(written) == 5
    assert len(list(attention(merchant_of(subscription)))) == 8, "each is kept all the same"


def test_what_others_declare_takes_nobody_their_acknowledgement(subscription: Subscription) -> None:
    """Neither what came to another merchant, nor what they have confirmed themselves."""
    elsewhere, mail = a_subscription(merchant=a_merchant()), customer_of(subscription).email
    for number in range(5):
        received(elsewhere, email=mail, address=f"192.0.2.{number}")
        rewrite(received(subscription, address=f"192.0.3.{number}"), verified_at=now())
    assert in_app(acknowledged)(received(subscription))


def test_one_address_cannot_fill_the_list(subscription: Subscription) -> None:
    for _ in range(20):
        received(subscription)
    with pytest.raises(TooManyRequests):
        received(subscription)
    received(subscription, address="192.0.2.2")
    with later(hours=1, minutes=1):
        received(subscription)


@pytest.mark.parametrize("hindrance", ["option off", "no keys", "another change"])
def test_what_does_not_go_by_itself_is_accepted_and_waits_for_a_person(hindrance: str) -> None:
    subscription = a_subscription(merchant=a_merchant(keys=hindrance != "no keys"))
    merchant = merchant_of(subscription)
    if hindrance != "option off":
        lets_customers_cancel(merchant)
    other = ask(subscription, "pause") if hindrance == "another change" else None
    _carry_out(a_termination_request(subscription))
    change = _change_of(subscription)
    assert change is None or change.id == other.id
    [line, *_] = attention(merchant)
    assert "Prochain prélèvement" in line
    if other:
        attempt(other)
        run_schedule(carry_out.carry_out_due)
        assert settled(subscription).status == SubscriptionStatus.CANCELLED, "as soon as the other one is over"


def test_paypal_down_loses_nothing(subscription: Subscription) -> None:
    paypal.fails(subscription.paypal_id, "get", "503")
    _carry_out(a_termination_request(subscription))
    assert settled(subscription).status == SubscriptionStatus.ACTIVE
    assert _change_of(subscription) is not None
    with later(minutes=1):
        assert settled(subscription).status == SubscriptionStatus.CANCELLED


def test_a_wished_day_is_waited_for(subscription: Subscription) -> None:
    wished = local_date(now(), "Europe/Paris") + timedelta(days=10)
    _carry_out(a_termination_request(subscription, wished_on=wished))
    assert _change_of(subscription) is None
    with at(now() + timedelta(days=9)):
        run_schedule(carry_out.carry_out_due)
        assert _change_of(subscription) is None
    with at(now() + timedelta(days=11)):
        run_schedule(carry_out.carry_out_due)
        assert _change_of(subscription) is not None


@pytest.mark.parametrize(
    ("choice", "goes"),
    [(DuringCommitment.ALLOWED, True), (DuringCommitment.AT_ITS_END, False), (DuringCommitment.AS_REQUEST, False)],
)
def test_during_the_commitment_the_merchants_choice_holds(choice: DuringCommitment, goes: bool) -> None:
    subscription = a_subscription(commitment_cycles=12)
    lets_customers_cancel(merchant_of(subscription), during_commitment=choice)
    _carry_out(a_termination_request(subscription))
    assert (_change_of(subscription) is not None) == goes


def test_once_the_commitment_is_kept_the_end_is_completed() -> None:
    subscription = a_subscription(commitment_cycles=2, days=70)
    lets_customers_cancel(merchant_of(subscription), during_commitment=DuringCommitment.AS_REQUEST)
    _carry_out(a_termination_request(subscription))
    assert settled(subscription).status == SubscriptionStatus.COMPLETED


def test_instalments_may_be_kept_for_the_team() -> None:
    subscription = a_subscription(total_cycles=3)
    lets_customers_cancel(merchant_of(subscription), instalments=False)
    _carry_out(a_termination_request(subscription))
    assert _change_of(subscription) is None


def _withdrawal(subscription: Subscription) -> LegalRequest:
    return a_termination_request(subscription, kind=RequestKind.WITHDRAWAL)


def test_a_withdrawal_closes_access_at_once_stops_paypal_and_is_to_be_refunded() -> None:
    subscription = a_subscription(days=3, after_cancellation="unlocked")
    payment = a_payment(subscription)
    merchant = merchant_of(subscription)
    _carry_out(_withdrawal(subscription))
    browser = signed_in(a_member(merchant))
    card = browser.open(f"/customers/{subscription.customer_id}/subscriptions")
    assert {line["data-access"] for line in card.find_all("li", data_content=None)} == {"closed"}
    assert "rétractation du" in card.text
    assert settled(subscription).status == SubscriptionStatus.CANCELLED
    [line] = attention(merchant)
    assert "Rembourser 49,00" in line
    assert "dû avant le" in line
    [button] = signed_in(a_member(merchant)).open("/attention").find_all("a", href=f"/payments/{payment.id}/refund")
    assert "Rembourser 49,00" in button.text
    page = browser.open("/attention")
    [form] = [each for each in page.find_all("form") if "settlement" in each["action"]]
    for _ in range(2):
        assert browser.post(form["action"]).status_code == 303
    assert list(attention(merchant)) == []
    assert [event for event, *_ in journal_of(subscription)].count("subscription.cancelled") == 1


def test_a_withdrawal_with_nothing_paid_is_settled_by_itself() -> None:
    subscription = a_subscription(days=3, gateway=Gateway.MANUAL)
    request = _withdrawal(subscription)
    _carry_out(request)
    run_schedule(carry_out.carry_out_due)
    assert fresh(subscription).status == SubscriptionStatus.CANCELLED
    assert fresh(request).settled_at is not None


@pytest.mark.parametrize("why", ["too late", "given up for access at once"])
def test_a_withdrawal_without_the_right_to_it_is_kept_for_a_person(why: str) -> None:
    subscription = a_subscription(days=40 if why == "too late" else 3)
    if why != "too late":
        saved(Consent(merchant_id=subscription.merchant_id, subscription_id=subscription.id, text="J'accepte."))
    _carry_out(_withdrawal(subscription))
    assert (fresh(subscription).withdrawn_at, _change_of(subscription)) == (None, None)
    a_payment(subscription)
    [line] = attention(merchant_of(subscription))
    assert "à vous de décider" in line
    assert "Rembourser" not in line, "nothing is owed while nobody has decided"
    assert "Si elle est valable, le remboursement est dû avant le" in line


def test_the_day_of_the_declaration_counts_not_that_of_the_link() -> None:
    subscription = a_subscription(days=0)
    rewrite(subscription, contracted_on=date(2026, 9, 7), status="active")
    with at(now().replace(year=2026, month=9, day=21, hour=12)):
        declared = received(subscription, kind=RequestKind.WITHDRAWAL)
    with at(now().replace(year=2026, month=9, day=23, hour=12)):
        _verify(merchant_of(subscription), link_of(declared))
    assert fresh(subscription).withdrawn_at is not None


def test_a_request_is_read_and_told_to_be_settled_once() -> None:
    subscription = a_subscription()
    request = a_termination_request(subscription, motive="Autre")
    browser = signed_in(a_member(merchant_of(subscription)))
    page = browser.open(f"/legal-requests/{request.id}").text
    assert request.reference in page
    assert "Autre" in page
    browser.post(f"/legal-requests/{request.id}/settlement")
    assert "Nora Petit" in browser.open(f"/legal-requests/{request.id}").text


def test_two_customers_of_one_name_are_not_confused(subscription: Subscription) -> None:
    double = a_customer(merchant_of(subscription), given_name="Alice", family_name="Martin")
    a_subscription(double)
    assert received(subscription).customer_id == subscription.customer_id
