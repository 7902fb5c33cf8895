"""The product page's tab "Contenu sécurisé": who may change what stays open, and what follows."""

from typing import Any

import pytest
from support.acting import NORA, journal_findings
from support.browser import signed_in
from support.builders import a_member, a_merchant, a_product, a_subscription, merchant_of, product_of
from support.running import fresh, in_app

from kooneo.accounts.models import Role
from kooneo.catalog.examples import example_lines
from kooneo.catalog.models import AccessAfterCancellation, AccessAfterCompletion
from kooneo.catalog.services import change_access_rules
from kooneo.extensions import db
from kooneo.journal.models import JournalEntry

pytestmark = pytest.mark.usefixtures("app")

BOTH = {"access_after_completion": "open", "access_after_cancellation": "until_paid"}


@in_app
def _events(product: Any) -> list[tuple[str, str | None, str | None]]:
    lines = db.session.query(JournalEntry).filter_by(subject_id=product.id).order_by(JournalEntry.number)
    return [(line.event, line.before, line.after) for line in lines]


@pytest.mark.parametrize("completion", AccessAfterCompletion)
@pytest.mark.parametrize("cancellation", AccessAfterCancellation)
def test_every_pair_of_rules_is_kept(completion: str, cancellation: str) -> None:
    merchant = a_merchant()
    product = a_product(merchant)
    browser = signed_in(a_member(merchant))
    address = f"/products/{product.id}/protected-content"
    browser.open(address)
    form = {"access_after_completion": completion, "access_after_cancellation": cancellation}
    response = browser.post(address, form)
    assert (response.status_code, response.location) == (303, address)
    after = fresh(product)
    assert (after.access_after_completion, after.access_after_cancellation) == (completion, cancellation)
    checked = [
        field for field in browser.open(address).find_all("input", type="radio") if "checked" in field.attributes
    ]
    assert {field["name"]: field["value"] for field in checked} == form
    assert journal_findings(merchant.id) == []


@pytest.mark.parametrize("left_out", BOTH)
@pytest.mark.parametrize("value", [None, "", "always"])
def test_both_rules_must_be_chosen(left_out: str, value: str | None) -> None:
    merchant = a_merchant()
    product = a_product(merchant)
    browser = signed_in(a_member(merchant))
    form = {name: chosen for name, chosen in (BOTH | {left_out: value}).items() if chosen is not None}
    assert browser.post(f"/products/{product.id}/protected-content", form).status_code == 422
    assert fresh(product).access_after_completion == "closed"
    assert _events(product) == []


def test_the_change_is_in_the_journal_once() -> None:
    product = a_product()
    for _ in range(2):
        in_app(change_access_rules)(
            product,
            after_completion=AccessAfterCompletion.OPEN,
            after_cancellation=AccessAfterCancellation.UNLOCKED,
            by=NORA,
        )
    assert _events(product) == [("product.access_rules_changed", "closed, closed", "open, unlocked")]


def test_somebody_who_may_only_look_changes_no_rule() -> None:
    merchant = a_merchant()
    product = a_product(merchant)
    viewer = signed_in(a_member(merchant, role=Role.VIEWER))
    viewer.open(f"/products/{product.id}/protected-content")
    assert viewer.post(f"/products/{product.id}/protected-content", BOTH).status_code == 403
    assert fresh(product).access_after_completion == "closed"


def test_the_list_of_access_follows_at_once() -> None:
    subscription = a_subscription(status="cancelled", after_cancellation="closed")
    browser = signed_in(a_member(merchant_of(subscription)))
    record = f"/customers/{subscription.customer_id}/subscriptions"

    def opened() -> list[str]:
        return [item["data-access"] for item in browser.open(record).find("ul", cls="access-list").find_all("li")]

    assert opened() == ["closed"] * 3
    form = {"access_after_completion": "closed", "access_after_cancellation": "unlocked"}
    browser.post(f"/products/{product_of(subscription).id}/protected-content", form)
    assert opened() == ["open", "open", "closed"]


def test_the_examples_are_decided_by_the_function_that_decides() -> None:
    """(unlock day, opens, closes): a subscription that ends on day 40, paid until day 62."""
    lines = {rule: [(x.unlock_after_days, x.opens, x.closes) for x in found] for rule, found in example_lines().items()}
    assert lines == {
        "completion.closed": [(0, 0, 40), (30, 30, 40), (50, None, None)],
        "completion.open": [(0, 0, None), (30, 30, None), (50, 50, None)],
        "cancellation.closed": [(0, 0, 40), (30, 30, 40), (50, None, None)],
        "cancellation.until_paid": [(0, 0, 62), (30, 30, 62), (50, None, None)],
        "cancellation.unlocked": [(0, 0, None), (30, 30, None), (50, None, None)],
    }
