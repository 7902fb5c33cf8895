"""The customer list, and who the customer is. The record's other tabs are pages of the parts they show."""

import uuid

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kooneo import htmx
from kooneo.accounts.access_control import Permission, requires, signed_in
from kooneo.accounts.scoping import get_or_404, merchant_id
from kooneo.catalog.queries import product_titles
from kooneo.customers import queries, services, words
from kooneo.customers.forms import NOTES_LENGTH, ProfileForm
from kooneo.customers.heads import head_of
from kooneo.customers.models import Customer, CustomerLanguage
from kooneo.customers.queries import Filters
from kooneo.language import gettext as _
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.text import clean

blueprint = Blueprint("customers", __name__)


@blueprint.get("/")
@requires(Permission.SEE)
def home() -> Response:
    return redirect(url_for("customers.index"))


@blueprint.get("/customers")
@requires(Permission.SEE)
def index() -> str:
    filters = _filters()
    try:
        page = queries.page(merchant_id(), filters, after=_id("after"), before=_id("before"))
    except queries.UnknownCustomer:
        abort(404)
    return render_template(
        "customers/_answer.html" if htmx.is_htmx() else "customers/index.html",
        page=page,
        filters=filters,
        count=queries.count(merchant_id(), filters),
        shortcuts=[] if htmx.is_htmx() else queries.worth_a_look(merchant_id()),
        products=product_titles(merchant_id()),
        statuses=list(SubscriptionStatus),
    )


def _filters() -> Filters:
    status = request.args.get("status", "")
    if status and status not in list(SubscriptionStatus):
        abort(404)
    return Filters(clean(request.args.get("q"))[:200], SubscriptionStatus(status) if status else None, _id("product"))


def _id(name: str) -> uuid.UUID | None:
    value = request.args.get(name, "")
    try:
        return uuid.UUID(value) if value else None
    except ValueError:
        abort(404)


@blueprint.get("/customers/<uuid:customer_id>")
@requires(Permission.SEE)
def show(customer_id: uuid.UUID) -> Response:
    customer = get_or_404(Customer, customer_id)
    return redirect(url_for("subscriptions.index", customer_id=customer.id))


@blueprint.get("/customers/<uuid:customer_id>/head")
@requires(Permission.SEE)
def head(customer_id: uuid.UUID) -> str:
    """The part of the head that follows from subscriptions: a card that changed makes it ask again."""
    customer = get_or_404(Customer, customer_id)
    return render_template("customers/_head.html", customer=customer, head=head_of(customer))


@blueprint.get("/customers/<uuid:customer_id>/profile")
@requires(Permission.SEE)
def profile(customer_id: uuid.UUID) -> str:
    customer = get_or_404(Customer, customer_id)
    form = ProfileForm(formdata=None, obj=customer)
    form.tags.data = ", ".join(customer.tags)
    return _profile(customer, form)


@blueprint.post("/customers/<uuid:customer_id>/profile")
@requires(Permission.EDIT_CUSTOMERS)
def update_profile(customer_id: uuid.UUID) -> Response:
    customer, form = get_or_404(Customer, customer_id), ProfileForm()
    if not form.validate():
        return make_response(_profile(customer, form), 422)
    try:
        services.change_profile(customer, form.profile, by=signed_in().actor)
    except services.EmailTaken:
        form.email.errors = [
            _("Un autre client a déjà cette adresse e-mail : vérifiez-la, ou cherchez sa fiche dans Clients.")
        ]
        return make_response(_profile(get_or_404(Customer, customer_id), form), 422)
    flash(_("Le profil est enregistré."), "profile")
    return redirect(url_for("customers.profile", customer_id=customer_id), 303)


def _profile(customer: Customer, form: ProfileForm) -> str:
    return render_template(
        "customers/profile.html",
        customer=customer,
        head=head_of(customer),
        form=form,
        languages=[(language, words.language(language)) for language in CustomerLanguage],
        notes_length=NOTES_LENGTH,
    )
