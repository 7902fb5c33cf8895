"""What an action would do, before it is confirmed: worked out by the functions that will act."""

from collections.abc import Sequence
from dataclasses import dataclass

from kooneo.access.decisions import ProductFacts
from kooneo.access.queries import subscription_facts
from kooneo.catalog.words import after_cancellation, after_completion
from kooneo.language import amount, day, ngettext
from kooneo.language import gettext as _
from kooneo.mail.letters import Letter
from kooneo.subscriptions.consequences import ContentEffect, would_change
from kooneo.subscriptions.letters import letter_about_to_leave, may_tell
from kooneo.subscriptions.lifecycle import Action, AtPayPal, Gateway, SubscriptionStatus, transition
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.words import progress


@dataclass(frozen=True)
class Preview:
    ends: bool
    """Whether something stops for good that runs now: such a button is red."""
    paypal: str
    paypal_note: str
    contents: Sequence[ContentEffect]
    rules: str
    letter: Letter | None
    """What the customer may be told; none when this is not told."""
    letter_when: str
    better: tuple[Action, str] | None
    """Another action that would say better what happened, and why."""


def preview_of(subscription: Subscription, action: Action) -> Preview:
    """`subscription` must come from queries.of_customer. Raises lifecycle.NotAllowed."""
    step = transition(action, subscription.standing)
    nothing_at_paypal = subscription.gateway == Gateway.MANUAL or step.at_paypal == AtPayPal.NOTHING
    paypal, note = _nothing_at_paypal(subscription) if nothing_at_paypal else _AT_PAYPAL[step.at_paypal](subscription)
    contents, told = would_change(subscription, step.target), may_tell(action, subscription.standing)
    return Preview(
        ends=step.at_paypal == AtPayPal.CANCEL,
        paypal=paypal,
        paypal_note=note,
        contents=contents,
        rules=_rules(subscription, step.target) if step.target.ended and step.target != subscription.status else "",
        letter=letter_about_to_leave(subscription, step.target, contents) if told else None,
        letter_when=_letter_when(subscription) if told else _("Aucun e-mail n'est envoyé."),
        better=_better(subscription, action),
    )


def _letter_when(subscription: Subscription) -> str:
    to = subscription.customer.email
    if subscription.gateway == Gateway.MANUAL:
        return _("La confirmation part aussitôt à %(to)s.", to=to)
    return _("La confirmation part à %(to)s dès que PayPal a confirmé l'arrêt.", to=to)


def _better(subscription: Subscription, action: Action) -> tuple[Action, str] | None:
    """Ended once the commitment is kept, it is Finalisé; before that, Annulé."""
    agreed, paid = subscription.terms.agreed_cycles, subscription.cycles_completed
    if agreed is None or subscription.status.ended:
        return None
    kept = progress(subscription.terms, paid)
    if action in (Action.CANCEL, Action.ABANDON) and paid >= agreed:
        return Action.COMPLETE, _("L'engagement est tenu (%(kept)s) : l'abonnement est allé à son terme.", kept=kept)
    if action == Action.COMPLETE and paid < agreed:
        return Action.CANCEL, _("L'engagement n'est pas encore tenu (%(kept)s).", kept=kept)
    return None


def _cancelling(subscription: Subscription) -> tuple[str, str]:
    if subscription.status == SubscriptionStatus.PENDING:
        return (
            _("Le client n'a pas encore donné son accord : PayPal ne prélève rien."),
            _("S'il l'a donné entre-temps, Kooneo arrête l'abonnement aussitôt."),
        )
    final = _("Un arrêt ne se défait pas chez PayPal : pour reprendre, il faudra souscrire de nouveau.")
    return _no_further_charge(subscription), final


def _suspending(subscription: Subscription) -> tuple[str, str]:
    later = _("Les paiements pourront être repris ici, ou à la date que vous choisissez.")
    if subscription.next_payment_at is None:
        return _("PayPal suspend les prélèvements."), later
    due = day(subscription.next_payment_at)
    return _("PayPal suspend les prélèvements, à commencer par celui du %(day)s.", day=due), later


def _activating(_subscription: Subscription) -> tuple[str, str]:
    return (
        _("PayPal reprend les prélèvements."),
        _(
            "PayPal fixe la date du prochain : elle s'affiche dès sa réponse, et peut précéder la fin de la période payée."
        ),
    )


_AT_PAYPAL = {AtPayPal.CANCEL: _cancelling, AtPayPal.SUSPEND: _suspending, AtPayPal.ACTIVATE: _activating}


def _no_further_charge(subscription: Subscription) -> str:
    if subscription.next_payment_at is None:
        return _("PayPal n'effectuera plus aucun prélèvement.")
    next_one = _(
        "PayPal n'effectuera plus aucun prélèvement : ni celui du %(day)s (%(amount)s)",
        day=day(subscription.next_payment_at),
        amount=amount(subscription.price),
    )
    if subscription.total_cycles is None:
        return next_one + _(", ni les suivants.")
    left = subscription.total_cycles - subscription.cycles_completed - 1
    if left < 1:
        return next_one + "."
    return next_one + ngettext(", ni le suivant.", ", ni les %(num)s suivants.", left)


def _nothing_at_paypal(subscription: Subscription) -> tuple[str, str]:
    if subscription.gateway == Gateway.MANUAL:
        return _("Cet abonnement est payé hors de PayPal : rien n'y change."), ""
    if subscription.unconfirmed or subscription.charging:
        return _("Rien ne change : PayPal n'est pas prévenu, et peut encore prélever."), ""
    return _("Rien ne change : les paiements y sont déjà arrêtés."), ""


def _rules(subscription: Subscription, target: SubscriptionStatus) -> str:
    """Which rules decided, product by product."""
    facts = subscription_facts(subscription).products
    if len(facts) == 1:
        return _("Règle du produit : %(rule)s.", rule=_rule(facts[0], target))
    rules = "\u00a0; ".join(f"«\u00a0{product.title}\u00a0» {_rule(product, target)}" for product in facts)
    return _("Règles des produits : %(rules)s.", rules=rules)


def _rule(product: ProductFacts, target: SubscriptionStatus) -> str:
    if target == SubscriptionStatus.COMPLETED:
        return after_completion(product.after_completion).effect
    return after_cancellation(product.after_cancellation).effect
