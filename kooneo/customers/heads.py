"""What stands at the head of every tab of a customer's record. In a fixed number of queries."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kooneo.access.decisions import decide_all
from kooneo.access.queries import grant_facts, subscription_facts
from kooneo.billing.queries import paid_in_all
from kooneo.clock import now
from kooneo.customers.models import Customer
from kooneo.language import amount, ngettext
from kooneo.language import gettext as _
from kooneo.money import Money
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.queries import of_customer


@dataclass(frozen=True)
class Head:
    paid: Sequence[Money]
    """An amount a currency."""
    open_contents: int
    warnings: Sequence[str]
    """What somebody should look at."""


def head_of(customer: Customer, subscriptions: Sequence[Subscription] | None = None) -> Head:
    """`subscriptions`: this customer's, complete, when the page has read them already."""
    if subscriptions is None:
        subscriptions = of_customer(customer.merchant_id, customer.id)
    facts = [subscription_facts(subscription) for subscription in subscriptions]
    decisions = decide_all(facts, grant_facts(customer.merchant_id, customer.id), now())
    return Head(
        paid=paid_in_all(customer.merchant_id, [customer.id]).get(customer.id, []),
        open_contents=sum(decision.open for decision in decisions),
        warnings=[*_doubles(subscriptions), *_late(subscriptions)],
    )


def _doubles(subscriptions: Sequence[Subscription]) -> list[str]:
    """Two that both charge for one product."""
    charging = [subscription for subscription in subscriptions if subscription.status.opens_content]
    sold = Counter(product for subscription in charging for product in subscription.offer.products)
    return [_double(product.title, number) for product, number in sold.items() if number > 1]


def _double(title: str, number: int) -> str:
    if number == 2:
        return _("Deux abonnements en cours au même produit : « %(title)s »", title=title)
    return _("%(num)s abonnements en cours au même produit : « %(title)s »", num=number, title=title)


def _late(subscriptions: Sequence[Subscription]) -> list[str]:
    late = [subscription for subscription in subscriptions if subscription.status == SubscriptionStatus.PAST_DUE]
    if not late:
        return []
    owed: Counter[str] = Counter()
    for subscription in late:
        owed[subscription.currency] += subscription.outstanding_minor
    amounts = " + ".join(amount(Money(minor, currency)) for currency, minor in owed.items() if minor)
    lead = ngettext("Un abonnement en retard", "%(num)s abonnements en retard", len(late))
    return [lead + (_(" : reste dû %(amount)s", amount=amounts) if amounts else "")]
