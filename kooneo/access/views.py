"""The record's tab "Accès produits", and access given by hand as a resource."""

import uuid
from collections.abc import Sequence

from flask import Blueprint, abort, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from kooneo.access import queries, services
from kooneo.access.forms import GrantForm, ReasonForm, TermForm
from kooneo.access.models import AccessGrant
from kooneo.access.overview import overview
from kooneo.accounts.access_control import Permission, requires, signed_in
from kooneo.accounts.scoping import get_or_404, merchant_id
from kooneo.catalog.models import Content, Product
from kooneo.clock import now
from kooneo.customers.heads import head_of
from kooneo.customers.models import Customer
from kooneo.language import gettext as _
from kooneo.language import ngettext
from kooneo.subscriptions.queries import of_customer

blueprint = Blueprint("access", __name__)


@blueprint.get("/customers/<uuid:customer_id>/access")
@requires(Permission.SEE)
def index(customer_id: uuid.UUID) -> str:
    return _tab(get_or_404(Customer, customer_id))


def _tab(customer: Customer, problem: str = "") -> str:
    subscriptions = of_customer(merchant_id(), customer.id)
    grants = queries.grants_of(merchant_id(), customer.id)
    return render_template(
        "access/index.html",
        customer=customer,
        head=head_of(customer, subscriptions),
        products=overview(queries.catalogue(merchant_id()), subscriptions, grants, now()),
        # The withdrawn ones last; else the newest first.
        grants=sorted(grants, key=lambda grant: (grant.withdrawn_at is None, grant.granted_at), reverse=True),
        now=now(),
        problem=problem,
    )


@blueprint.get("/customers/<uuid:customer_id>/access-grants/new")
@requires(Permission.GIVE_ACCESS)
def new_grant(customer_id: uuid.UUID) -> str:
    return _new(get_or_404(Customer, customer_id), GrantForm(formdata=None))


def _new(customer: Customer, form: GrantForm, problem: str = "") -> str:
    return render_template(
        "access/new.html",
        customer=customer,
        form=form,
        products=queries.can_be_given(merchant_id()),
        problem=problem,
        reason_length=services.REASON_LENGTH,
    )


@blueprint.post("/customers/<uuid:customer_id>/access-grants/new")
@requires(Permission.GIVE_ACCESS)
def create_grant(customer_id: uuid.UUID) -> Response:
    customer, form = get_or_404(Customer, customer_id), GrantForm()
    if not form.validate():
        if form.change_key.errors:
            form.change_key.data = str(uuid.uuid4())
        return make_response(_new(customer, form), 422)
    things = _found(form.chosen)
    try:
        given = services.give(
            customer,
            things,
            until=form.last_day,
            reason=form.reason.data,
            key=form.change_key.data,
            by=signed_in().actor,
        )
    except services.KeyReused:
        form.change_key.data = str(uuid.uuid4())
        problem = _("Ce formulaire a déjà servi, avec un autre contenu. Vérifiez, puis confirmez de nouveau.")
        return make_response(_new(get_or_404(Customer, customer_id), form, problem), 409)
    return _done(
        customer_id,
        ngettext(
            "L'accès est donné. Il est ouvert dès maintenant.",
            "%(num)s accès sont donnés. Ils sont ouverts dès maintenant.",
            len(given),
        ),
    )


def _found(chosen: Sequence[uuid.UUID]) -> list[Product | Content]:
    """Of what can be given; anything else is not there."""
    things: dict[uuid.UUID, Product | Content] = {}
    for product in queries.can_be_given(merchant_id()):
        things[product.id] = product
        things |= {content.id: content for content in product.contents}
    if not set(chosen) <= things.keys():
        abort(404)
    return [things[one] for one in chosen]


@blueprint.get("/access-grants/<uuid:grant_id>")
@requires(Permission.GIVE_ACCESS)
def edit_grant(grant_id: uuid.UUID) -> Response:
    grant = _grant(grant_id)
    last_day = services.last_day(grant)
    form = TermForm(formdata=None, reason=grant.reason, until=last_day.isoformat() if last_day else "")
    return _edit(grant, form)


@blueprint.post("/access-grants/<uuid:grant_id>")
@requires(Permission.GIVE_ACCESS)
def update_grant(grant_id: uuid.UUID) -> Response:
    grant, form = _grant(grant_id), TermForm()
    form.kept = services.last_day(grant)
    if not form.validate():
        return _edit(grant, form, 422)
    customer_id = grant.customer_id
    try:
        services.change(grant, until=form.last_day, reason=form.reason.data, by=signed_in().actor)
    except services.AlreadyWithdrawn:
        return _gone(_grant(grant_id))
    return _done(customer_id, _("L'accès est modifié."))


def _edit(grant: AccessGrant, form: TermForm, status: int = 200) -> Response:
    return _gone(grant) if grant.withdrawn_at else _page("access/edit.html", grant, form, status)


@blueprint.get("/access-grants/<uuid:grant_id>/withdrawal")
@requires(Permission.GIVE_ACCESS)
def new_withdrawal(grant_id: uuid.UUID) -> Response:
    grant = _grant(grant_id)
    return _gone(grant) if grant.withdrawn_at else _page("access/withdrawal.html", grant, ReasonForm(formdata=None))


@blueprint.post("/access-grants/<uuid:grant_id>/withdrawal")
@requires(Permission.GIVE_ACCESS)
def create_withdrawal(grant_id: uuid.UUID) -> Response:
    grant, form = _grant(grant_id), ReasonForm()
    if not form.validate():
        return _page("access/withdrawal.html", grant, form, 422)
    customer_id = grant.customer_id
    services.withdraw(grant, reason=form.reason.data, by=signed_in().actor)
    return _done(customer_id, _("L'accès donné à la main est retiré."))


def _grant(grant_id: uuid.UUID) -> AccessGrant:
    return get_or_404(AccessGrant, grant_id, *queries.COMPLETE)


def _page(template: str, grant: AccessGrant, form: ReasonForm, status: int = 200) -> Response:
    page = render_template(
        template,
        grant=grant,
        customer=get_or_404(Customer, grant.customer_id),
        form=form,
        reason_length=services.REASON_LENGTH,
    )
    return make_response(page, status)


def _gone(grant: AccessGrant) -> Response:
    """For somebody whose page showed a grant that is no more."""
    problem = _("Cet accès a déjà été retiré par %(name)s.", name=grant.withdrawn_by)
    return make_response(_tab(get_or_404(Customer, grant.customer_id), problem), 409)


def _done(customer_id: uuid.UUID, message: str) -> Response:
    flash(message, "access")
    return redirect(url_for("access.index", customer_id=customer_id), 303)
