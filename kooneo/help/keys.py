"""What of a merchant's PayPal keys is already right: for the guide that says how to get them."""

from kooneo.language import day
from kooneo.language import gettext as _
from kooneo.paypal import Environment
from kooneo.settings.models import PayPalAccount, TrialResult
from kooneo.settings.words import CheckLine

_ENVIRONMENTS = {
    Environment.SANDBOX: "Test : PayPal n'y prélève rien de réel. Pour vos vrais abonnements, enregistrez les clés de Production.",
    Environment.LIVE: "Production : ce sont vos vrais abonnements.",
}
_LAST_TRIALS = {
    TrialResult.RIGHT: ("passed", "Le %(day)s, PayPal acceptait les clés et laissait lire les abonnements."),
    TrialResult.WRONG: ("failed", "Le %(day)s, PayPal a refusé les clés. Testez-les de nouveau pour savoir pourquoi."),
    TrialResult.UNDECIDED: ("undecided", "Le %(day)s, PayPal n'a pas répondu. Testez les clés de nouveau."),
}


def checklist(account: PayPalAccount | None) -> list[CheckLine]:
    if account is None:
        return [
            CheckLine(_("Clés enregistrées"), "to-do", _("Pas encore : suivez les étapes ci-dessous.")),
            CheckLine(_("Test des clés"), "to-do", _("Kooneo les teste quand vous les enregistrez.")),
        ]
    kept = _("Le Client ID se termine par %(ending)s.", ending=account.client_id[-4:])
    return [
        CheckLine(_("Clés enregistrées"), "passed", kept),
        CheckLine(_("Environnement"), "passed", _(_ENVIRONMENTS[account.environment])),
        _last_trial(account),
    ]


def _last_trial(account: PayPalAccount) -> CheckLine:
    label = _("Test des clés")
    if account.tested_at is None or account.test_result is None:
        return CheckLine(label, "to-do", _("Ces clés n'ont jamais été testées."))
    state, text = _LAST_TRIALS[account.test_result]
    return CheckLine(label, state, _(text, day=day(account.tested_at)))
