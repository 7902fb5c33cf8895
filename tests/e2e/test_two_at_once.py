"""Two clicks, two tabs, two colleagues: one change, one call to PayPal."""

from playwright.sync_api import BrowserContext, Page, expect
from support import acting, builders, paypal

from . import steps
from .stack import Stack


def test_a_double_click_is_one_change(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription()
    card = steps.signed_in_record(page, stack, subscription)
    card.get_by_role("link", name=steps.CANCEL).click()
    page.get_by_role("dialog").get_by_role("button", name=steps.CANCEL).dblclick()
    steps.has_status(card, "cancelled", "Annulé")
    assert paypal.cancellations(subscription.paypal_id) == 1
    assert len(acting.changes_of(subscription)) == 1


def test_the_second_person_reads_who_is_doing_what(page: Page, stack: Stack, context: BrowserContext) -> None:
    subscription = builders.a_subscription()
    paypal.fails(subscription.paypal_id, "cancel", "slow", seconds=6)
    merchant = builders.merchant_of(subscription)
    steps.sign_in(page, stack, merchant, name="Nora Petit")
    first = steps.open_record(page, stack, subscription)
    other_browser = context.browser.new_context(locale="fr-FR", java_script_enabled=False)  # type: ignore[union-attr]
    other = other_browser.new_page()
    steps.sign_in(other, stack, merchant, name="Louis Blanc")
    other.goto(f"{stack.url}/subscriptions/{subscription.id}/completion")

    steps.ask(page, first, steps.CANCEL)
    expect(first).to_have_attribute("data-change", "open", timeout=steps.ANSWER_MS)
    with other.expect_response(lambda response: response.request.method == "POST") as answer:
        other.get_by_role("button", name=steps.COMPLETE).click()

    assert answer.value.status == 409
    expect(steps.card_of(other, subscription)).to_contain_text("annulation demandée par Nora Petit")
    steps.has_status(first, "cancelled", "Annulé")
    assert paypal.cancellations(subscription.paypal_id) == 1
    other_browser.close()


def test_a_form_left_open_meets_what_a_colleague_did_meanwhile(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription()
    card = steps.signed_in_record(page, stack, subscription)
    card.get_by_role("link", name=steps.CANCEL).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    acting.ended(subscription, "complete")

    page.get_by_role("dialog").get_by_role("button", name=steps.CANCEL).click()

    steps.has_status(card, "completed", "Finalisé")
    expect(card).to_contain_text("Nora Petit a déjà changé le statut de cet abonnement")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert paypal.cancellations(subscription.paypal_id) == 1
