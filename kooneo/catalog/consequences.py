"""Who would gain or lose access, before something is changed: worked out by the function that decides."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby

from kooneo.access.decisions import ContentFacts, GrantFacts, ProductFacts, SubscriptionFacts, decide
from kooneo.access.queries import grant_facts, product_facts, rules_for, subscription_facts
from kooneo.catalog import queries
from kooneo.catalog.models import AccessRules, Content, Product
from kooneo.clock import now
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.subscriptions.models import Subscription


@dataclass
class RuleConsequences:
    """Of new rules that also apply to what has ended already. Both lists are in the order of the customer list."""

    ended_otherwise: int = 0
    """How many ended subscriptions follow another rule today than they would."""
    gaining: list[uuid.UUID] = field(default_factory=list)
    losing: list[uuid.UUID] = field(default_factory=list)


def of_new_rules(product: Product, rules: AccessRules) -> RuleConsequences:
    """`product` must have its contents."""
    found = RuleConsequences()
    changed = product_facts(product, rules)
    with_grants = queries.customers_with_grants(product.merchant_id)
    rows = queries.subscriptions_to(product, of_customers_who_ended=_statuses_concerned(product, rules))
    for customer_id, group in groupby(rows, key=lambda row: row.customer_id):
        own = list(group)
        found.ended_otherwise += sum(_rule_differs(product, row, rules) for row in own)
        before, after = _open_before_and_after([subscription_facts(row) for row in own], changed)
        # More rows never close anything: who does not gain or lose by the subscriptions alone need not be asked further.
        if before != after and customer_id in with_grants:
            grants = grant_facts(product.merchant_id, customer_id)
            before, after = _open_before_and_after([subscription_facts(row) for row in own], changed, grants)
        if after - before:
            found.gaining.append(customer_id)
        if before - after:
            found.losing.append(customer_id)
    return found


def _statuses_concerned(product: Product, rules: AccessRules) -> list[SubscriptionStatus]:
    """The ends whose rule differs for anybody."""
    in_use = [product.rules, *(earlier.rules for earlier in product.earlier_rules)]
    statuses = []
    if any(one.after_completion != rules.after_completion for one in in_use):
        statuses.append(SubscriptionStatus.COMPLETED)
    if any(one.after_cancellation != rules.after_cancellation for one in in_use):
        statuses += [SubscriptionStatus.CANCELLED, SubscriptionStatus.ABANDONED]
    return statuses


def _rule_differs(product: Product, subscription: Subscription, rules: AccessRules) -> bool:
    if not subscription.status.ended:
        return False
    own = rules_for(product, subscription)
    if subscription.status == SubscriptionStatus.COMPLETED:
        return own.after_completion != rules.after_completion
    return own.after_cancellation != rules.after_cancellation


def _open_before_and_after(
    facts: Sequence[SubscriptionFacts], changed: ProductFacts, grants: Sequence[GrantFacts] = ()
) -> tuple[frozenset[uuid.UUID], frozenset[uuid.UUID]]:
    """Which of the product's contents are open to a customer today, and which would be."""
    following = [_following(one, changed) if one.status.ended else one for one in facts]
    at = now()
    return _open(changed, facts, grants, at), _open(changed, following, grants, at)


def _following(facts: SubscriptionFacts, changed: ProductFacts) -> SubscriptionFacts:
    return replace(facts, products=tuple(changed if one.id == changed.id else one for one in facts.products))


def _open(
    product: ProductFacts, facts: Sequence[SubscriptionFacts], grants: Sequence[GrantFacts], at: datetime
) -> frozenset[uuid.UUID]:
    decisions = (decide(content, facts, grants, at) for content in product.contents)
    return frozenset(decision.content.id for decision in decisions if decision and decision.open)


def customers_who_see(content: Content, product: Product) -> int:
    """How many customers have it open today."""
    facts = ContentFacts(content.id, content.title, content.unlock_after_days)
    return sum(_sees(facts, subscriptions, grants) for subscriptions, grants in _all_who_may(product))


def _all_who_may(product: Product) -> Iterator[tuple[list[SubscriptionFacts], list[GrantFacts]]]:
    with_grants = queries.customers_with_grants(product.merchant_id)
    for customer_id, group in groupby(queries.subscriptions_to(product), key=lambda row: row.customer_id):
        grants = grant_facts(product.merchant_id, customer_id) if customer_id in with_grants else []
        with_grants.discard(customer_id)
        yield [subscription_facts(row) for row in group], grants
    for customer_id in with_grants:
        yield [], grant_facts(product.merchant_id, customer_id)


def _sees(content: ContentFacts, subscriptions: Iterable[SubscriptionFacts], grants: Iterable[GrantFacts]) -> bool:
    decision = decide(content, subscriptions, grants, now())
    return decision is not None and decision.open
