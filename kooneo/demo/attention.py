"""What waits for a person when somebody opens À traiter for the first time: it happens as it would, by the services."""

from datetime import timedelta

from sqlalchemy import select

from kooneo.accounts.models import Role, TeamMember
from kooneo.clock import local_date
from kooneo.customers.models import Customer
from kooneo.demo.catalogue import ATELIER_LUMIERE
from kooneo.demo.customers import REFUSED_BY_PAYPAL, WANTS_TO_END, WITHDRAWS, CustomerPlan
from kooneo.demo.rows import identify
from kooneo.extensions import db
from kooneo.journal.services import Actor
from kooneo.language import DEFAULT_TIME_ZONE
from kooneo.legal.models import RequestKind
from kooneo.legal.services.carry_out import carry_out
from kooneo.legal.services.receive import Declaration, declare
from kooneo.subscriptions.lifecycle import Action
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.references import contract_reference
from kooneo.subscriptions.services.request import Wish, request_change

_BEFORE_THE_CHARGE = timedelta(days=1)


def let_things_happen() -> None:
    """What PayPal makes of it follows as soon as the worker runs. (The payment after an end is in its customer's story.)"""
    _declare(RequestKind.TERMINATION, WANTS_TO_END, motive="Trop cher")
    _declare(RequestKind.WITHDRAWAL, WITHDRAWS)
    _ask_for_what_paypal_refuses()


def _declare(kind: RequestKind, plan: CustomerPlan, *, motive: str = "") -> None:
    """In the customer's own space."""
    subscription = _in_force(plan)
    customer = db.session.get_one(Customer, subscription.customer_id)
    wished_on = None
    if kind == RequestKind.TERMINATION and subscription.next_billing_at:
        wished_on = local_date(subscription.next_billing_at - _BEFORE_THE_CHARGE, DEFAULT_TIME_ZONE)
    reference = contract_reference(subscription)
    declaration = Declaration(kind, customer.name, customer.email, reference, wished_on, motive)
    by = Actor("customer", customer.name, "portal", customer.id)
    carry_out(declare(subscription, declaration, key=identify(str(subscription.id), kind).hex, by=by).id)


def _ask_for_what_paypal_refuses() -> None:
    subscription = _in_force(REFUSED_BY_PAYPAL)
    query = select(TeamMember).filter_by(merchant_id=subscription.merchant_id, role=Role.MEMBER)
    member = db.session.scalars(query).one()
    wish = Wish(Action.CANCEL, "Demande reçue par e-mail")
    by = Actor("member", member.name, "back_office", member.id)
    request_change(subscription, wish, by=by, key=identify(str(subscription.id), "refused").hex)


def _in_force(plan: CustomerPlan) -> Subscription:
    customer_id = identify(ATELIER_LUMIERE.slug, plan.person.email)
    query = select(Subscription).filter_by(customer_id=customer_id, ended_at=None)
    return db.session.scalars(query).one()
