"""The dialogs of the endings and the help say what becomes of proposals."""

import pytest
from support.browser import Browser, signed_in
from support.builders import a_member, a_merchant, a_subscription, merchant_of, product_of
from support.winback import proposes_again

from kooneo.subscriptions.models import Subscription

pytestmark = pytest.mark.usefixtures("app")

MAY, NEVER = "Alice Martin pourra recevoir une proposition de reprise", "Kooneo ne proposera plus à Alice Martin"


@pytest.fixture
def subscription() -> Subscription:
    return a_subscription(merchant=proposes_again(a_merchant()))


def said(subscription: Subscription, action: str) -> str:
    office = signed_in(a_member(merchant_of(subscription)))
    return office.open(f"/subscriptions/{subscription.id}/{action}").find("main").text


def test_each_end_says_what_follows(subscription: Subscription) -> None:
    assert MAY in said(subscription, "cancellation")
    assert NEVER in said(subscription, "abandonment")
    completion = said(subscription, "completion")
    assert MAY not in completion
    assert NEVER not in completion


def test_nothing_is_promised_that_is_switched_off(subscription: Subscription) -> None:
    proposes_again(merchant_of(subscription), without=(product_of(subscription),))
    assert MAY not in said(subscription, "cancellation")
    proposes_again(merchant_of(subscription), enabled=False)
    assert MAY not in said(subscription, "cancellation")
    assert NEVER in said(subscription, "abandonment")


def test_the_help_tells_it_to_anybody() -> None:
    page = Browser().open("/help/subscription-statuses")
    assert page.by_id("propositions")
    assert "Ne plus me le proposer" in page.text
