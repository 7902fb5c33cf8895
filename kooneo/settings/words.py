"""The French of keys on trial."""

from dataclasses import dataclass

from kooneo.language import at_moment, ngettext
from kooneo.language import gettext as _
from kooneo.paypal import Environment
from kooneo.settings.models import TrialResult
from kooneo.settings.trial import UNDECIDED, WRONG, Finding, Report, Step
from kooneo.subscriptions.answers import why_unread
from kooneo.subscriptions.problems import Problem
from kooneo.subscriptions.reconciliations import Reconciliation

_ENVIRONMENTS = {Environment.SANDBOX: "Test", Environment.LIVE: "Production"}

_STEPS = {
    Step.PAIR: "Client ID et Secret",
    Step.PERMISSION: "Permission « Subscriptions »",
    Step.READING: "Lecture des abonnements",
}

_FINDINGS = {
    Finding.ACCEPTED: "PayPal les accepte dans l'environnement %(environment)s.",
    Finding.WRONG_PAIR: (
        "PayPal ne les reconnaît pas dans l'environnement %(environment)s. Copiez de nouveau les deux, "
        "depuis une même application PayPal : un seul caractère perdu suffit."
    ),
    Finding.PERMITTED: "L'application PayPal peut gérer des abonnements.",
    Finding.NOT_PERMITTED: (
        "Il manque à l'application PayPal la permission « Subscriptions ». Ouvrez l'application dans votre compte développeur, "
        "cochez « Subscriptions » parmi ses fonctions, enregistrez, puis testez de nouveau ; "
        "PayPal peut mettre un moment à l'appliquer."
    ),
    Finding.READ: "PayPal laisse Kooneo lire vos abonnements.",
    Finding.READING_REFUSED: (
        "PayPal ne laisse pas cette application lire les abonnements, bien qu'elle en ait la permission. "
        "Vérifiez dans PayPal qu'elle est active et que votre compte peut encaisser des abonnements."
    ),
    Finding.OTHER_ACCOUNT: (
        "Un abonnement que Kooneo connaît est introuvable avec ces clés : il a été vendu avec un autre compte PayPal, "
        "ou dans l'autre environnement. Les abonnements de cet autre compte ne pourront plus être gérés d'ici."
    ),
    Finding.UNREACHABLE: "PayPal n'a pas répondu.",
    Finding.RATE_LIMITED: "PayPal limite en ce moment le nombre de demandes.",
    Finding.BAD_ANSWER: "La réponse de PayPal était illisible.",
    Finding.BUSY: "Trop de demandes attendent déjà PayPal ici : la vôtre n'est pas partie.",
    Finding.NOT_TRIED: "Le point précédent doit d'abord être en ordre.",
}

_OTHER_ENVIRONMENT = {
    Environment.LIVE: (
        "Ce sont des clés de Test (Sandbox) : PayPal ne les connaît pas en Production. "
        "Prenez celles de l'onglet « Live », ou choisissez Test."
    ),
    Environment.SANDBOX: (
        "Ce sont des clés de Production (Live) : PayPal ne les connaît pas en Test. "
        "Prenez celles de l'onglet « Sandbox », ou choisissez Production."
    ),
}


_OUTCOMES = {
    "passed": ("En ordre", "check", "live"),
    "failed": ("À corriger", "cross", "cut"),
    "undecided": ("Sans réponse", "mark-waiting", "late"),
    "warning": ("À vérifier", "mark-attention", "late"),
    "not-tried": ("Pas essayé", "info", "mute"),
    "to-do": ("À faire", "right", "mute"),
}


@dataclass(frozen=True)
class CheckLine:
    """One thing that was looked at, and what came of it."""

    label: str
    state: str
    text: str

    @property
    def outcome(self) -> str:
        return _(_OUTCOMES[self.state][0])

    @property
    def icon(self) -> str:
        return _OUTCOMES[self.state][1]

    @property
    def tone(self) -> str:
        return _OUTCOMES[self.state][2]


@dataclass(frozen=True)
class ToldReport:
    tone: str
    icon: str
    lead: str
    text: str
    lines: list[CheckLine]


_LEADS = {
    TrialResult.RIGHT: ("live", "check", "Ces clés fonctionnent.", ""),
    TrialResult.WRONG: ("cut", "status-cancelled", "Ces clés ne conviennent pas.", ""),
    TrialResult.UNDECIDED: (
        "late",
        "mark-attention",
        "PayPal n'a pas pu être interrogé jusqu'au bout.",
        "Cela ne dit rien de vos clés, qui sont peut-être bonnes. Réessayez dans quelques minutes.",
    ),
}


def environment(value: Environment) -> str:
    return _(_ENVIRONMENTS[value])


def result(value: TrialResult) -> str:
    """What the last trial of the kept keys came to."""
    return _(_LEADS[value][2])


def told(report: Report, *, saving: bool) -> ToldReport:
    tone, icon, lead, text = _LEADS[report.result]
    kept = _("Elles n'ont pas été enregistrées.") if saving else _("Rien n'a été enregistré : ce n'était qu'un test.")
    return ToldReport(
        tone,
        icon,
        _(lead),
        f"{_(text) if text else ''} {kept}".strip(),
        [_line(report, *step) for step in report.steps],
    )


def other_account() -> str:
    return _(_FINDINGS[Finding.OTHER_ACCOUNT])


def _line(report: Report, step: Step, finding: Finding) -> CheckLine:
    return CheckLine(_(_STEPS[step]), _state(finding), _text(report, finding))


def _state(finding: Finding) -> str:
    if finding in WRONG:
        return "failed"
    if finding in UNDECIDED:
        return "undecided"
    return {Finding.OTHER_ACCOUNT: "warning", Finding.NOT_TRIED: "not-tried"}.get(finding, "passed")


def _text(report: Report, finding: Finding) -> str:
    if finding == Finding.OTHER_ENVIRONMENT:
        return _(_OTHER_ENVIRONMENT[report.environment])
    return _(_FINDINGS[finding], environment=environment(report.environment))


def reconciled(run: Reconciliation | None) -> tuple[str, str]:
    """When Kooneo and PayPal were last compared, and what came of it."""
    if run is None:
        return _("Pas encore : il a lieu chaque nuit."), ""
    said = [_counted(run)]
    if run.problem:
        said.append(why_unread(Problem(run.problem)))
    if run.finished_at is None:
        when = _("En cours, commencé %(when)s", when=at_moment(run.begun_at))
        if run.problem and run.next_attempt_at:
            said.append(_("Prochain essai %(when)s.", when=at_moment(run.next_attempt_at)))
        return when, " ".join(said)
    if run.problem:
        said.append(_("Le prochain commence cette nuit."))
        return _("Arrêté avant la fin, %(when)s", when=at_moment(run.finished_at)), " ".join(said)
    return _("Terminé %(when)s", when=at_moment(run.finished_at)), " ".join(said)


def _counted(run: Reconciliation) -> str:
    counted = [
        ngettext("%(num)s abonnement comparé", "%(num)s abonnements comparés", run.looked_at),
        ngettext("%(num)s modifié", "%(num)s modifiés", run.changed),
    ]
    if run.unreadable:
        counted.append(ngettext("%(num)s illisible", "%(num)s illisibles", run.unreadable))
    return _("%(counts)s.", counts=", ".join(counted))


def keys_first() -> str:
    """To somebody whose request needs PayPal."""
    return _("Les clés API PayPal ne sont pas configurées : ajoutez-les dans Réglages > PayPal, puis recommencez.")
