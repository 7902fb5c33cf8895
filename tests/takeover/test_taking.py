"""What becomes of a subscription that lived at PayPal."""

from datetime import timedelta

import pytest
from support import paypal
from support.acting import ask, attempt, journal_findings, journal_of, later
from support.builders import a_customer, a_merchant, a_product, a_subscription, an_offer, merchant_of
from support.refunds import payments_of
from support.running import fresh

from kooneo.billing.models import PaymentState
from kooneo.clock import local_date, now
from kooneo.money import Money
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.takeover.states import ItemState, Reason, TakeoverState
from kooneo.terms import Interval, Terms, add_months

from .acting import (
    carried_on,
    confirm,
    customers_of,
    lives_at_paypal,
    offers_of,
    outcome,
    products_of,
    read,
    record_of,
    rows_of,
    states,
    taken_over,
)

pytestmark = pytest.mark.usefixtures("app")


def test_everything_of_one_subscription_arrives() -> None:
    merchant = a_merchant()
    paypal_id = lives_at_paypal(merchant, total_cycles=12, email="Zoé.Petit@Client.test", given_name="Zoé")
    takeover = taken_over(merchant)
    assert takeover.state == TakeoverState.DONE
    assert outcome(takeover) == {paypal_id: (ItemState.TAKEN, None)}
    record, (offer,), (product,), (customer,) = (
        record_of(paypal_id),
        offers_of(merchant),
        products_of(merchant),
        customers_of(merchant),
    )
    assert (customer.email, customer.given_name, customer.id) == ("zoé.petit@client.test", "Zoé", record.customer_id)
    terms = Terms(Money(4900, "EUR"), Interval.MONTH, 1, 12)
    assert (offer.title, offer.terms, offer.for_sale, offer.id) == ("Atelier du mardi", terms, True, record.offer_id)
    assert (product.title, product.access_after_completion, product.access_after_cancellation) == (
        "Aquarelle",
        "closed",
        "closed",
    )
    assert product.rules_to_review
    assert (record.status, record.terms, record.cycles_completed) == ("active", terms, 3)
    assert record.paid_until == record.next_billing_at
    assert record.contracted_on == local_date(record.started_at, merchant.time_zone)
    assert [payment.amount for payment in payments_of(record)] == [Money(4900, "EUR")] * 3
    assert journal_of(record) == [("subscription.taken_over", None, "active")]
    assert journal_findings(merchant.id) == []


@pytest.mark.parametrize(
    ("fields", "status", "open_at_end"),
    [
        ({"status": "APPROVAL_PENDING", "cycles_completed": 0}, "pending", False),
        ({"status": "APPROVED", "cycles_completed": 0}, "pending", False),
        ({"status": "ACTIVE"}, "active", False),
        ({"status": "ACTIVE", "failed_payments_count": 1, "outstanding": "49.00"}, "past_due", False),
        ({"status": "SUSPENDED"}, "suspended", False),
        ({"status": "EXPIRED", "total_cycles": 3}, "completed", True),
        ({"status": "CANCELLED"}, "cancelled", True),
        ({"status": "CANCELLED", "outstanding": "49.00"}, "cancelled", False),
        ({"status": "CANCELLED", "cycles_completed": 1}, "cancelled", False),
    ],
)
def test_each_status_of_paypals_becomes_kooneos(fields: dict[str, object], status: str, open_at_end: bool) -> None:
    """One that ended while it was paid for was open then; one that owed, or had long not paid, was not."""
    merchant = a_merchant()
    paypal_id = lives_at_paypal(merchant, **fields)
    assert states(taken_over(merchant)) == {ItemState.TAKEN: 1}
    record = record_of(paypal_id)
    assert (record.status, record.open_at_end) == (status, open_at_end)
    assert (record.ended_at is not None) == record.status.ended


@pytest.mark.parametrize(
    ("fields", "paused"), [({}, True), ({"failed_payments_count": 3, "outstanding": "147.00"}, False)]
)
def test_a_pause_made_on_paypal_com_is_told_from_paypals_own_suspension(
    fields: dict[str, object], paused: bool
) -> None:
    merchant = a_merchant()
    paypal_id = lives_at_paypal(merchant, status="SUSPENDED", **fields)
    taken_over(merchant)
    assert record_of(paypal_id).paused == paused


def test_an_end_has_paypals_date() -> None:
    merchant = a_merchant()
    ended_at = now().replace(microsecond=0) - timedelta(days=5)
    paypal_id = lives_at_paypal(
        merchant, status="CANCELLED", status_update_time=ended_at.isoformat().replace("+00:00", "Z")
    )
    taken_over(merchant)
    record = record_of(paypal_id)
    assert (record.ended_at, record.next_billing_at) == (ended_at, None)
    assert record.paid_until == add_months(record.last_payment_at, 1)


def test_one_plan_is_one_offer_and_one_product_of_paypals_is_one_product() -> None:
    merchant = a_merchant()
    for _ in range(3):
        lives_at_paypal(merchant)
    lives_at_paypal(merchant, plan_id="P-YEARLY", plan_name="À l’année", interval_unit="YEAR", price="490.00", months=1)
    lives_at_paypal(merchant, plan_id="P-OTHER", plan_name="Gravure", product_id="PROD-ENGRAVING", product_name="")
    taken_over(merchant)
    assert [offer.title for offer in offers_of(merchant)] == ["Atelier du mardi", "Gravure", "À l’année"]
    assert [product.title for product in products_of(merchant)] == ["Aquarelle", "Gravure"]
    assert rows_of(merchant)["offer_products"] == 3


def test_two_spellings_of_an_address_are_one_customer() -> None:
    merchant = a_merchant()
    known = a_customer(merchant, given_name="Bérénice", family_name="Connue", email="connue@client.test")
    for email in ("Connue@Client.test", "CONNUE@CLIENT.TEST"):
        lives_at_paypal(merchant, email=email, given_name="Autre", surname="Nom")
    taken_over(merchant)
    (customer,) = customers_of(merchant)
    assert (customer.id, customer.name) == (known.id, "Bérénice Connue")


def test_the_same_address_at_another_merchants_is_another_customer() -> None:
    other = a_customer(email="partout@client.test")
    merchant = a_merchant()
    lives_at_paypal(merchant, email="partout@client.test")
    taken_over(merchant)
    (customer,) = customers_of(merchant)
    assert customer.id != other.id


def test_a_buyer_without_a_name_is_called_by_the_address() -> None:
    merchant = a_merchant()
    lives_at_paypal(merchant, given_name="", surname="", email="sans-nom@client.test")
    taken_over(merchant)
    assert [customer.name for customer in customers_of(merchant)] == ["sans-nom@client.test"]


@pytest.mark.parametrize(
    ("partial", "state"), [(False, PaymentState.REFUNDED), (True, PaymentState.PARTIALLY_REFUNDED)]
)
def test_payments_have_paypals_states(partial: bool, state: PaymentState) -> None:
    merchant = a_merchant()
    paypal_id = lives_at_paypal(merchant, failed_payments_count=1, outstanding="49.00", cycles_completed=2)
    paypal.refund(paypal_id, partial=partial)
    taken_over(merchant)
    found = [payment.state for payment in payments_of(record_of(paypal_id))]
    assert found == [PaymentState.COMPLETED, state, PaymentState.FAILED]


def test_a_subscription_with_terms_of_its_own_keeps_them() -> None:
    merchant = a_merchant()
    lives_at_paypal(merchant)
    own = lives_at_paypal(merchant, price="39.00", plan_overridden=True)
    taken_over(merchant)
    assert (record_of(own).price, offers_of(merchant)[0].price) == (Money(3900, "EUR"), Money(4900, "EUR"))


def test_the_offer_that_kooneo_has_of_a_plan_is_used() -> None:
    merchant = a_merchant()
    offer = an_offer(a_product(merchant, title="Le mien"))
    paypal_id = lives_at_paypal(merchant, plan_id=offer.paypal_plan_id)
    taken_over(merchant)
    assert record_of(paypal_id).offer_id == offer.id
    assert [product.title for product in products_of(merchant)] == ["Le mien"]


def test_taking_over_again_changes_nothing_and_brings_what_is_new() -> None:
    merchant = a_merchant()
    first, second = lives_at_paypal(merchant), lives_at_paypal(merchant)
    taken_over(merchant)
    before = rows_of(merchant)
    again = taken_over(merchant)
    assert states(again) == {ItemState.UNCHANGED: 2}
    assert rows_of(merchant) == before
    assert journal_of(record_of(first)) == [("subscription.taken_over", None, "active")]

    new = lives_at_paypal(merchant)
    paypal.refund(first)
    paypal.change(second, status="CANCELLED")
    once_more = taken_over(merchant)
    assert outcome(once_more) == {
        first: (ItemState.UPDATED, None),
        second: (ItemState.UPDATED, None),
        new: (ItemState.TAKEN, None),
    }
    assert payments_of(record_of(first))[-1].state == PaymentState.REFUNDED
    assert record_of(second).status == SubscriptionStatus.CANCELLED
    assert journal_of(record_of(second))[-1] == ("subscription.cancelled", "active", "cancelled")


@pytest.mark.parametrize("status", ["completed", "abandoned"])
def test_how_it_ended_here_is_not_overwritten(status: str) -> None:
    record = a_subscription(status=status, at_paypal={"status": "CANCELLED"})
    taken_over(merchant_of(record), [str(record.paypal_id)])
    assert fresh(record).status == status


def test_what_kooneo_knows_is_updated_though_paypal_lacks_what_a_new_record_needs() -> None:
    record = a_subscription(at_paypal={"email": "", "status": "SUSPENDED"})
    takeover = taken_over(merchant_of(record), [str(record.paypal_id)])
    assert states(takeover) == {ItemState.UPDATED: 1}
    assert fresh(record).status == SubscriptionStatus.SUSPENDED


def test_a_change_that_is_under_way_is_left_to_itself() -> None:
    record = a_subscription()
    change = ask(record, "abandon")
    paypal.change(str(record.paypal_id), status="CANCELLED")
    taken_over(merchant_of(record), [str(record.paypal_id)])
    assert fresh(record).status == SubscriptionStatus.ACTIVE
    attempt(change)
    assert fresh(record).status == SubscriptionStatus.ABANDONED


def test_what_changed_since_the_preview_is_taken_as_it_is_now() -> None:
    merchant = a_merchant()
    cancelled, gone = lives_at_paypal(merchant), lives_at_paypal(merchant)
    takeover = read(merchant)
    paypal.change(cancelled, status="CANCELLED")
    paypal.change(gone, email="")
    confirm(takeover)
    takeover = carried_on(takeover)
    assert outcome(takeover) == {
        cancelled: (ItemState.TAKEN, None),
        gone: (ItemState.TO_CHECK, Reason.NO_EMAIL),
    }
    assert record_of(cancelled).status == SubscriptionStatus.CANCELLED


def test_what_is_taken_over_can_be_cancelled() -> None:
    merchant = a_merchant()
    paypal_id = lives_at_paypal(merchant)
    taken_over(merchant)
    record = record_of(paypal_id)
    with later(seconds=1):
        attempt(ask(record, "cancel"))
    assert (fresh(record).status, paypal.status(paypal_id)) == ("cancelled", "CANCELLED")
