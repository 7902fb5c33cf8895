"""« Résilier votre contrat » and « Renoncer au contrat ici » as somebody meets them who is not signed in."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from support.acting import attempt
from support.browser import Browser
from support.builders import a_merchant, a_subscription, customer_of, lets_customers_cancel, merchant_of
from support.mail import outbox
from support.running import fresh, in_app

from kooneo.accounts.models import Merchant
from kooneo.clock import now
from kooneo.extensions import db
from kooneo.legal.models import LegalRequest
from kooneo.legal.services.identify import identify
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.services.request import unsettled_change

from .test_requests import link_of

pytestmark = pytest.mark.usefixtures("app")

_identify = in_app(lambda request: identify(str(request.id)))


@in_app
def declared_to(merchant: Merchant) -> list[LegalRequest]:
    return list(db.session.scalars(select(LegalRequest).filter_by(merchant_id=merchant.id)))


@pytest.fixture
def subscription() -> Subscription:
    found = a_subscription(days=3)
    lets_customers_cancel(merchant_of(found))
    return found


class Visitor(Browser):
    """Goes the steps of one function of one merchant."""

    def __init__(self, merchant: Merchant, kind: str = "termination") -> None:
        super().__init__()
        self.path = f"/portal/{merchant.slug}/{kind}"
        self.open(self.path)

    def typed(self, subscription: Subscription, **fields: str) -> dict[str, str]:
        values = {"name": "Alice Martin", "email": customer_of(subscription).email, "contract": subscription.paypal_id}
        return {"key": self.page.find("input", name="key")["value"]} | values | fields  # type: ignore[return-value]

    def step(self, name: str, fields: dict[str, Any]) -> int:
        return self.post(self.path, fields | {"step": name}).status_code


@pytest.mark.parametrize("kind", ["termination", "withdrawal"])
def test_the_way_from_the_form_to_the_end(subscription: Subscription, kind: str) -> None:
    merchant = merchant_of(subscription)
    visitor = Visitor(merchant, kind)
    fields = visitor.typed(subscription)
    assert visitor.step("check", fields) == 200
    assert declared_to(merchant) == [], "the summary keeps nothing"
    assert customer_of(subscription).email in visitor.page.text
    assert visitor.step("edit", fields) == 200
    assert visitor.page.find("input", name="name")["value"] == "Alice Martin"
    assert visitor.step("confirm", fields) == 303
    [request] = declared_to(merchant)
    assert request.reference in visitor.open(f"{visitor.path}?received=1").text
    _identify(request)
    token = link_of(request)
    for _ in range(2):
        page = visitor.open(f"{visitor.path}?token={token}")
        assert "Confirmez que cette demande vient bien de vous" in page.text, "opening the link changes nothing"
    assert fresh(request).verified_at is None
    assert visitor.step("verify", {"token": token}) == 303
    assert "Votre demande est confirmée" in visitor.open(f"{visitor.path}?token={token}").text
    change = in_app(unsettled_change)(subscription.id)
    assert change is not None
    attempt(change)
    assert fresh(subscription).status == SubscriptionStatus.CANCELLED
    assert "Votre contrat a pris fin" in visitor.open(f"{visitor.path}?token={token}").text


def test_a_withdrawal_that_came_too_late_is_not_promised_an_end() -> None:
    subscription = a_subscription()
    visitor = Visitor(merchant_of(subscription), "withdrawal")
    visitor.step("confirm", visitor.typed(subscription))
    [request] = declared_to(merchant_of(subscription))
    _identify(request)
    visitor.step("verify", {"token": link_of(request)})
    page = visitor.open(f"{visitor.path}?token={link_of(request)}").text
    assert "vérifie si vous pouviez encore renoncer à ce contrat" in page
    assert "un e-mail vous dit quand" not in page


def test_nobody_learns_who_is_a_customer(subscription: Subscription) -> None:
    merchant = merchant_of(subscription)
    pages = []
    for email, contract in (
        (customer_of(subscription).email, subscription.paypal_id),
        (customer_of(subscription).email, "I-UNKNOWN"),
        ("personne@client.test", subscription.paypal_id),
        ("personne@client.test", "I-UNKNOWN"),
    ):
        visitor = Visitor(merchant)
        fields = visitor.typed(subscription, email=email, contract=contract or "")
        assert visitor.step("confirm", fields) == 303
        told = visitor.open(f"{visitor.path}?received=1").find("main").text
        request = next(each for each in declared_to(merchant) if each.key == fields["key"])
        for typed in (request.reference, email, contract or ""):
            told = told.replace(typed, "…")
        pages.append(told)
        assert outbox(customer_of(subscription)) == [], "before the worker looks, every address costs the same"
    assert len(set(pages)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"email": "alice"},
        {"contract": "a" * 121},
        {"wished_on": (now() - timedelta(days=2)).date().isoformat()},
        {"wished_on": "demain"},
    ],
    ids=str,
)
@pytest.mark.parametrize("step", ["check", "confirm"])
def test_what_is_wrong_is_explained_and_what_was_typed_stays(
    subscription: Subscription, wrong: dict[str, str], step: str
) -> None:
    visitor = Visitor(merchant_of(subscription))
    assert visitor.step(step, visitor.typed(subscription, **wrong)) == 422
    assert visitor.page.find("p", cls="field-error").text
    [name] = wrong
    assert visitor.page.find("input", name=name)["value"] == wrong[name]
    assert declared_to(merchant_of(subscription)) == []


def test_a_link_is_worth_nothing_at_another_merchant_or_for_another_function(subscription: Subscription) -> None:
    merchant = merchant_of(subscription)
    visitor = Visitor(merchant)
    visitor.step("confirm", visitor.typed(subscription))
    [request] = declared_to(merchant)
    _identify(request)
    token = link_of(request)
    for other in (Visitor(a_merchant()), Visitor(merchant, "withdrawal")):
        assert other.get(f"{other.path}?token={token}").status_code == 404
    assert Visitor(a_merchant()).step("verify", {"token": token}) == 404
    assert fresh(request).verified_at is None


def test_another_browser_does_not_see_the_acknowledgement(subscription: Subscription) -> None:
    merchant = merchant_of(subscription)
    visitor = Visitor(merchant)
    visitor.step("confirm", visitor.typed(subscription))
    [request] = declared_to(merchant)
    stranger = Visitor(merchant)
    assert request.reference not in stranger.open(f"{stranger.path}?received=1").text


def test_the_page_acknowledges_alone_once_many_have_come(subscription: Subscription) -> None:
    said = []
    for _ in range(6):
        visitor = Visitor(merchant_of(subscription))
        visitor.step("confirm", visitor.typed(subscription))
        said.append("aucun autre n’est envoyé" in visitor.open(f"{visitor.path}?received=1").text)
    assert said == [False] * 5 + [True]


def test_too_many_from_one_address_are_told_what_to_do(subscription: Subscription) -> None:
    for _ in range(20):
        visitor = Visitor(merchant_of(subscription))
        assert visitor.step("confirm", visitor.typed(subscription)) == 303
    visitor = Visitor(merchant_of(subscription))
    assert visitor.step("confirm", visitor.typed(subscription)) == 429
    assert "Réessayez dans une heure" in visitor.page.text


def test_every_door_leads_there(subscription: Subscription) -> None:
    merchant = merchant_of(subscription)
    links = [link["href"] for link in Browser().open(f"/portal/{merchant.slug}/login").find_all("a")]
    assert f"/portal/{merchant.slug}/termination" in links
    assert f"/portal/{merchant.slug}/withdrawal" in links


def test_every_message_to_a_customer_leads_there_too(subscription: Subscription) -> None:
    merchant = merchant_of(subscription)
    visitor = Visitor(merchant)
    visitor.step("confirm", visitor.typed(subscription))
    [request] = declared_to(merchant)
    _identify(request)
    letters = outbox(merchant)
    assert {letter.kind for letter in letters} == {"termination_received", "declaration_link"}
    for letter in letters:
        assert f"/portal/{merchant.slug}/termination" in (letter.text or "")
        assert f"/portal/{merchant.slug}/termination" in (letter.html or "")
