"""The notice was missed: from the renewal on the customer may end the contract at any time, and both are told."""

from datetime import timedelta

import pytest
from portal.door import at_home, contract
from support.acting import at, attempt, changes_of, rewrite
from support.browser import key_in, signed_in
from support.builders import a_member, customer_of, lets_customers_cancel, merchant_of
from support.renewals import a_renewable, a_yearly, noon, the_worker_runs
from support.running import fresh, in_app

from kooneo.extensions import db
from kooneo.portal.options import DuringCommitment
from kooneo.portal.self_service import says_now
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.subscriptions.models import Subscription

pytestmark = pytest.mark.usefixtures("app")

BEGUN = noon(2026, 1, 15)
IN_TIME, TOO_LATE, RENEWED = noon(2026, 11, 2), noon(2026, 12, 15), noon(2027, 1, 15)


def a_late_payer(during: DuringCommitment = DuringCommitment.AT_ITS_END) -> Subscription:
    """Ten of twelve agreed payments were made when the year was over."""
    subscription = a_renewable(BEGUN, commitment_cycles=12)
    lets_customers_cancel(merchant_of(subscription), during_commitment=during)
    rewrite(subscription, cycles_completed=10)
    return subscription


@in_app
def may_end_now(subscription: Subscription) -> bool:
    return says_now(db.session.get_one(Subscription, subscription.id))


@pytest.mark.parametrize("during", [DuringCommitment.AT_ITS_END, DuringCommitment.AS_REQUEST])
def test_the_merchants_rule_for_the_commitment_gives_way_from_the_renewal_on(during: DuringCommitment) -> None:
    subscription = a_late_payer(during)
    the_worker_runs(TOO_LATE)
    with at(RENEWED - timedelta(days=1)):
        assert not may_end_now(subscription)
    with at(RENEWED):
        assert may_end_now(subscription)


def test_it_holds_when_the_notice_was_sent() -> None:
    subscription = a_late_payer()
    the_worker_runs(IN_TIME)
    with at(RENEWED):
        assert not may_end_now(subscription)


def test_a_merchant_who_lets_nobody_end_alone_still_gets_a_request() -> None:
    subscription = a_late_payer()
    lets_customers_cancel(merchant_of(subscription), self_cancellation=False)
    the_worker_runs(TOO_LATE)
    with at(RENEWED):
        assert not may_end_now(subscription)


def test_a_notice_in_time_a_year_later_ends_the_right() -> None:
    subscription = a_yearly(BEGUN)
    for moment in (TOO_LATE, RENEWED, noon(2027, 11, 2)):
        the_worker_runs(moment)
    with at(noon(2028, 1, 14)):
        assert "depuis le 15 janvier 2027" in renewal_on_the_contract(subscription)
    with at(noon(2028, 1, 16)):
        assert "à tout moment" not in renewal_on_the_contract(subscription)


def renewal_on_the_contract(subscription: Subscription) -> str:
    return contract(at_home(customer_of(subscription)), subscription).text.replace("\u00a0", " ")


def renewal_on_the_card(subscription: Subscription) -> str:
    owner = signed_in(a_member(merchant_of(subscription)))
    page = owner.open(f"/customers/{subscription.customer_id}/subscriptions")
    return page.by_id(f"subscription-{subscription.id}").text.replace("\u00a0", " ")


def test_both_read_when_it_was_sent() -> None:
    subscription = a_yearly(BEGUN)
    with at(noon(2026, 6, 1)):
        assert "Part entre le 14 octobre 2026 et le 14 décembre 2026" in renewal_on_the_card(subscription)
        assert "Reconduction" not in renewal_on_the_contract(subscription)
    the_worker_runs(IN_TIME)
    with at(noon(2026, 12, 24)):
        assert "Envoyé le 2 novembre 2026" in renewal_on_the_card(subscription)
        told = renewal_on_the_contract(subscription)
    assert "Reconduit le 15 janvier 2027, sauf refus de votre part jusqu’au 14 janvier 2027" in told
    assert "envoyé le 2 novembre 2026" in told


def test_both_read_that_it_was_missed() -> None:
    subscription = a_yearly(BEGUN)
    the_worker_runs(TOO_LATE)
    with at(noon(2026, 12, 24)):
        assert "Aucun n’est parti avant le 14 décembre 2026" in renewal_on_the_card(subscription)
        assert "à partir du 15 janvier 2027, vous pourrez y mettre fin à tout moment" in renewal_on_the_contract(
            subscription
        )
    the_worker_runs(RENEWED)
    with at(noon(2027, 3, 1)):
        assert "le client peut mettre fin au contrat à tout moment" in renewal_on_the_card(subscription)
        assert "depuis le 15 janvier 2027, vous pouvez y mettre fin à tout moment" in renewal_on_the_contract(
            subscription
        )


def test_ended_by_that_right_both_read_until_when_the_rest_is_given_back() -> None:
    subscription = a_late_payer()
    the_worker_runs(TOO_LATE)
    with at(noon(2027, 3, 1)):
        visitor = at_home(customer_of(subscription))
        path = visitor.at(f"subscriptions/{subscription.id}/cancellation")
        page = visitor.open(path)
        assert "vous pouvez y mettre fin à tout moment, sans frais" in page.text
        visitor.post(path, {"change_key": key_in(page), "reason": ""})
        attempt(changes_of(subscription)[0])
        assert fresh(subscription).status == SubscriptionStatus.CANCELLED
        assert "remboursé au plus tard le 31 mars 2027" in renewal_on_the_contract(subscription)
        assert "à lui rembourser au plus tard le 31 mars 2027" in renewal_on_the_card(subscription)
