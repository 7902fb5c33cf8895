"""The catalogue's pages."""

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.validators import AnyOf

from kooneo.accounts.access_control import Permission, requires, signed_in
from kooneo.accounts.scoping import get_or_404, merchant_id
from kooneo.catalog import queries, services, words
from kooneo.catalog.examples import example_lines
from kooneo.catalog.models import AccessAfterCancellation, AccessAfterCompletion, Product
from kooneo.language import gettext as _

blueprint = Blueprint("catalog", __name__)


class AccessRulesForm(FlaskForm):  # type: ignore[misc]
    access_after_completion = RadioField(
        validators=[AnyOf([rule.value for rule in AccessAfterCompletion])], validate_choice=False
    )
    access_after_cancellation = RadioField(
        validators=[AnyOf([rule.value for rule in AccessAfterCancellation])], validate_choice=False
    )


@blueprint.get("/products")
@requires(Permission.SEE)
def index() -> str:
    return render_template(
        "catalog/index.html",
        products=queries.products(merchant_id()),
        in_force=queries.subscriptions_in_force(merchant_id()),
    )


@blueprint.get("/products/<uuid:product_id>")
@requires(Permission.SEE)
def show(product_id: uuid.UUID) -> str:
    product = get_or_404(Product, product_id, *queries.COMPLETE)
    in_force = queries.subscriptions_in_force(merchant_id()).get(product.id, 0)
    return render_template("catalog/show.html", product=product, in_force=in_force)


@blueprint.get("/products/<uuid:product_id>/protected-content")
@requires(Permission.SEE)
def protected_content(product_id: uuid.UUID) -> str:
    product = get_or_404(Product, product_id, *queries.COMPLETE)
    return _page(product, AccessRulesForm(obj=product))


@blueprint.post("/products/<uuid:product_id>/protected-content")
@requires(Permission.EDIT_CATALOG)
def update_protected_content(product_id: uuid.UUID) -> Response | tuple[str, int]:
    product = get_or_404(Product, product_id, *queries.COMPLETE)
    form = AccessRulesForm()
    if not form.validate_on_submit():
        return _page(product, form), 422
    services.change_access_rules(
        product,
        after_completion=AccessAfterCompletion(form.access_after_completion.data),
        after_cancellation=AccessAfterCancellation(form.access_after_cancellation.data),
        by=signed_in().actor,
    )
    flash(_("Les règles sont enregistrées. Les accès de vos clients les suivent déjà."), "rules")
    return redirect(url_for("catalog.protected_content", product_id=product_id))


def _page(product: Product, form: AccessRulesForm) -> str:
    return render_template(
        "catalog/protected_content.html",
        product=product,
        form=form,
        completion_rules=[(rule, words.after_completion(rule)) for rule in AccessAfterCompletion],
        cancellation_rules=[(rule, words.after_cancellation(rule)) for rule in AccessAfterCancellation],
        examples=example_lines(),
    )
