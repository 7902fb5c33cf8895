"""The product's tab "Contenu sécurisé": its access rules, and what changing them does before it is done."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kooneo.accounts.access_control import Permission, requires, signed_in
from kooneo.accounts.scoping import merchant_id
from kooneo.catalog import queries, services
from kooneo.catalog.consequences import RuleConsequences, of_new_rules
from kooneo.catalog.forms.products import AccessRulesForm, ConfirmationForm
from kooneo.catalog.models import AccessRules, Product
from kooneo.catalog.services import AppliesTo
from kooneo.catalog.views.pages import blueprint, whole_product
from kooneo.catalog.words import after_cancellation, after_completion, rule_choices
from kooneo.language import gettext as _

NAMES_SHOWN = 20


@blueprint.get("/products/<uuid:product_id>/protected-content")
@requires(Permission.SEE)
def protected_content(product_id: uuid.UUID) -> str:
    product = whole_product(product_id)
    return _page(product, AccessRulesForm(obj=product))


@blueprint.post("/products/<uuid:product_id>/protected-content")
@requires(Permission.EDIT_CATALOG)
def update_protected_content(product_id: uuid.UUID) -> Response | tuple[str, int] | str:
    """The page's own form asks for a preview. Without one, and without a choice, new rules are for everybody."""
    product = whole_product(product_id)
    form = AccessRulesForm()
    if not form.validate_on_submit():
        return _page(product, form), 422
    if "applies_to" not in request.form and "preview" in request.form:
        return _preview(product, form.rules)
    confirmation = ConfirmationForm(data={"applies_to": AppliesTo.ALL})
    if "applies_to" in request.form and not confirmation.validate():
        return _confirmation(product, form.rules, of_new_rules(product, form.rules), confirmation), 422
    return _save(product, form.rules, AppliesTo(confirmation.applies_to.data))


def _preview(product: Product, rules: AccessRules) -> Response | tuple[str, int] | str:
    consequences = of_new_rules(product, rules)
    if not consequences.ended_otherwise:
        return _save(product, rules, AppliesTo.ALL)
    form = ConfirmationForm()
    if request.form["preview"] == "shown":
        form.validate()
        return _confirmation(product, rules, consequences, form), 422
    return _confirmation(product, rules, consequences, form)


def _save(product: Product, rules: AccessRules, applies_to: AppliesTo) -> Response:
    product_id = product.id
    services.change_access_rules(
        product,
        after_completion=rules.after_completion,
        after_cancellation=rules.after_cancellation,
        applies_to=applies_to,
        by=signed_in().actor,
    )
    told = {
        AppliesTo.ALL: _("Les règles sont enregistrées. Les accès de vos clients les suivent déjà."),
        AppliesTo.NEW: _(
            "Les règles sont enregistrées. Elles valent pour les abonnements qui se terminent à partir de maintenant."
        ),
    }
    flash(told[applies_to], "rules")
    return redirect(url_for("catalog.protected_content", product_id=product_id), 303)


def _page(product: Product, form: AccessRulesForm) -> str:
    return render_template("catalog/protected_content.html", product=product, form=form, rule_choices=rule_choices())


def _confirmation(product: Product, rules: AccessRules, consequences: RuleConsequences, form: ConfirmationForm) -> str:
    return render_template(
        "catalog/confirm_rules.html",
        product=product,
        rules=rules,
        completion=after_completion(rules.after_completion),
        cancellation=after_cancellation(rules.after_cancellation),
        consequences=consequences,
        gaining=queries.customers(merchant_id(), consequences.gaining[:NAMES_SHOWN]),
        losing=queries.customers(merchant_id(), consequences.losing[:NAMES_SHOWN]),
        form=form,
    )
