"""Réglages > PayPal: the merchant's keys are tried, kept, replaced and deleted."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kooneo import htmx
from kooneo.accounts.access_control import Permission, requires, signed_in
from kooneo.accounts.scoping import merchant_id
from kooneo.accounts.services import TooManyAttempts, WrongPassword, confirm_password
from kooneo.accounts.words import too_many_attempts
from kooneo.encryption import DecryptionError
from kooneo.language import gettext as _
from kooneo.settings import words
from kooneo.settings.forms import ENVIRONMENTS, KeysForm, PasswordForm
from kooneo.settings.models import PayPalAccount
from kooneo.settings.services import paypal_account
from kooneo.settings.services.keys import (
    ChangesUnsettled,
    NotAccepted,
    delete_keys,
    keep_keys,
    try_kept_keys,
    try_keys,
)
from kooneo.settings.trial import Finding
from kooneo.settings.words import ToldReport
from kooneo.subscriptions import reconciliations
from kooneo.subscriptions.queries import customers_waiting, number_in_force_at_paypal, number_unsettled

blueprint = Blueprint("settings", __name__)

_CUSTOMERS_SHOWN = 10

Page = tuple[str, int]


@blueprint.get("/settings")
@requires(Permission.CONFIGURE)
def index() -> Response:
    return redirect(url_for("settings.paypal"))


@blueprint.get("/settings/paypal")
@requires(Permission.CONFIGURE)
def paypal() -> str:
    account = paypal_account(merchant_id())
    return _page(account, _form(account, filled=False))


@blueprint.post("/settings/paypal")
@requires(Permission.CONFIGURE)
def save_keys() -> Response | Page | str:
    """The button "Tester les clés" sends `test`, and then nothing is kept."""
    account = paypal_account(merchant_id())
    form = _form(account, filled=True)
    form.trying = "test" in request.form
    valid = form.validate()
    if form.trying:
        return _try(account, form) if valid else _invalid(account, form)
    if not valid or not _confirmed(form):
        return _page(account, form), 422
    return _keep(account, form)


def _form(account: PayPalAccount | None, *, filled: bool) -> KeysForm:
    form = KeysForm() if filled else KeysForm(formdata=None)
    form.kept = account
    if account is not None and not filled:
        form.client_id.data = account.client_id
        form.environment.data = next(word for word, meant in ENVIRONMENTS.items() if meant == account.environment)
    return form


def _try(account: PayPalAccount | None, form: KeysForm) -> Page | str:
    by = signed_in().actor
    try:
        kept = form.means_kept_keys
        report = try_kept_keys(merchant_id(), by=by) if kept else try_keys(merchant_id(), form.credentials, by=by)
    except DecryptionError:
        form.client_secret.errors = [_("Le Secret enregistré ne peut plus être lu : collez-le de nouveau.")]
        return _invalid(account, form)
    told = words.told(report, saving=False)
    if htmx.is_htmx():
        tried = paypal_account(merchant_id()) if kept else None
        return render_template("settings/_tried.html", report=told, account=tried, setting_words=words)
    return _page(paypal_account(merchant_id()), form, told)


def _invalid(account: PayPalAccount | None, form: KeysForm) -> Page:
    """Nothing could be tried. With htmx only the answer's place is drawn: what was typed stays where it is."""
    if htmx.is_htmx():
        return render_template("settings/_invalid.html", form=form), 422
    return _page(account, form), 422


def _confirmed(form: PasswordForm) -> bool:
    try:
        confirm_password(signed_in().member, form.password.data, address=request.remote_addr or "")
    except WrongPassword:
        form.password.errors = [_("Ce n'est pas votre mot de passe Kooneo. Rien n'a été changé.")]
    except TooManyAttempts as limit:
        form.password.errors = [too_many_attempts(limit.retry_at)]
    return not form.password.errors


def _keep(account: PayPalAccount | None, form: KeysForm) -> Response | Page:
    try:
        report = keep_keys(merchant_id(), form.credentials, by=signed_in().actor, anyway=bool(form.replace_anyway.data))
    except NotAccepted as refusal:
        return _page(paypal_account(merchant_id()), form, words.told(refusal.report, saving=True)), 422
    except ChangesUnsettled as conflict:
        return _page(paypal_account(merchant_id()), form, unsettled=conflict.number), 409
    flash(_("Les clés PayPal sont remplacées.") if account else _("Les clés PayPal sont enregistrées."), "settings")
    if Finding.OTHER_ACCOUNT in report.findings:
        flash(words.other_account(), "settings-warning")
    return redirect(url_for("settings.paypal"), 303)


def _page(account: PayPalAccount | None, form: KeysForm, report: ToldReport | None = None, unsettled: int = 0) -> str:
    return render_template(
        "settings/paypal.html",
        account=account,
        form=form,
        report=report,
        unsettled=unsettled,
        reconciled=words.reconciled(reconciliations.latest(merchant_id())) if account else [],
        waiting=customers_waiting(merchant_id(), _CUSTOMERS_SHOWN) if unsettled else [],
        setting_words=words,
    )


@blueprint.get("/settings/paypal/deletion")
@requires(Permission.CONFIGURE)
def confirm_deletion() -> Response | str:
    if paypal_account(merchant_id()) is None:
        return redirect(url_for("settings.paypal"))
    return _deletion(PasswordForm(formdata=None))


@blueprint.post("/settings/paypal/deletion")
@requires(Permission.CONFIGURE)
def delete() -> Response | Page:
    form = PasswordForm()
    if not form.validate() or not _confirmed(form):
        return _deletion(form), 422
    delete_keys(merchant_id(), by=signed_in().actor)
    flash(_("Les clés PayPal sont supprimées. Kooneo n'agit plus chez PayPal."), "settings")
    return redirect(url_for("settings.paypal"), 303)


def _deletion(form: PasswordForm) -> str:
    return render_template(
        "settings/delete_keys.html",
        account=paypal_account(merchant_id()),
        form=form,
        unsettled=number_unsettled(merchant_id()),
        in_force=number_in_force_at_paypal(merchant_id()),
        setting_words=words,
    )
