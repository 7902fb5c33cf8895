"""Why a content is open or closed, and what an end would change, in words."""

from kooneo.access.decisions import Decision, GrantFacts, Reason, SubscriptionFacts
from kooneo.language import day, ngettext
from kooneo.language import gettext as _

_OPEN = {
    Reason.RUNNING: "Ouvert : abonnement en cours",
    Reason.LATE: "Ouvert : un retard ne ferme rien",
    Reason.KEPT_AFTER_COMPLETION: "Ouvert : le produit le laisse après la fin",
    Reason.PAID_PERIOD: "Ouvert : période payée, jusqu'au %(until)s",
    Reason.KEPT_UNLOCKED: "Ouvert : contenu déjà débloqué",
}
_CLOSED = {
    Reason.NOT_YET_UNLOCKED: "Fermé : s'ouvre le %(since)s",
    Reason.NOT_APPROVED: "Fermé : l'accord n'est pas encore donné à PayPal",
    Reason.SUSPENDED: "Fermé : abonnement suspendu",
    Reason.COMPLETED: "Fermé : le produit ferme après la fin",
    Reason.ENDED: "Fermé : le produit ferme après l'annulation",
    Reason.CLOSED_BEFORE_END: "Fermé : il l'était déjà avant l'arrêt",
    Reason.NOT_UNLOCKED_AT_END: "Fermé : pas encore débloqué le %(since)s",
    Reason.PAID_PERIOD_OVER: "Fermé : période payée terminée le %(since)s",
    Reason.CONTRACT_WITHDRAWN: "Fermé : rétractation du %(since)s",
    Reason.GRANT_OVER: "Fermé : accès donné jusqu'au %(since)s",
    Reason.GRANT_WITHDRAWN: "Fermé : accès donné à la main, retiré le %(since)s",
}


def why(decision: Decision, own: SubscriptionFacts) -> str:
    """One sentence for a line of `own`'s access list. It names the row that decides when that is another one."""
    if isinstance(decision.source, GrantFacts):
        return _granted(decision)
    if decision.source.id != own.id and decision.open:
        return _open_elsewhere(decision, _named(decision.source, own))
    sentence = said(decision)
    if decision.source.id != own.id:
        sentence += _(", par %(source)s", source=_named(decision.source, own))
    return sentence


def said(decision: Decision) -> str:
    """What the row that decides says, without its name."""
    if isinstance(decision.source, GrantFacts):
        return _granted(decision)
    since = day(decision.since) if decision.since else ""
    until = day(decision.until) if decision.until else ""
    return _((_OPEN | _CLOSED)[decision.reason], since=since, until=until)


def because(decision: Decision | None) -> str:
    """The whole sentence, on a page that is about no single subscription."""
    if decision is None:
        return _("Fermé : aucun abonnement, aucun accès donné")
    if isinstance(decision.source, GrantFacts):
        return _granted(decision)
    return said(decision) + _(", par « %(title)s »", title=decision.source.title)


_NOT_YET = (Reason.NOT_YET_UNLOCKED, Reason.NOT_APPROVED)


def question(decision: Decision) -> str:
    """What a merchant asks about this line."""
    if decision.open:
        return _("Pourquoi cet accès ?")
    if decision.reason in _NOT_YET:
        return _("Pourquoi pas encore d'accès ?")
    return _("Pourquoi pas d'accès ?")


def _named(source: SubscriptionFacts, own: SubscriptionFacts) -> str:
    """The other subscription; with its date when both are to the same offer."""
    name = _("« %(title)s »", title=source.title)
    return _("%(name)s du %(day)s", name=name, day=day(source.started_at)) if source.title == own.title else name


def _granted(decision: Decision) -> str:
    if not decision.open:
        return _(_CLOSED[decision.reason], since=day(decision.since) if decision.since else "")
    if decision.until:
        return _("Ouvert : accès donné à la main jusqu'au %(until)s", until=day(decision.until))
    return _("Ouvert : accès donné à la main")


def _open_elsewhere(decision: Decision, source: str) -> str:
    if decision.until:
        return _("Ouvert : par %(source)s, jusqu'au %(until)s", source=source, until=day(decision.until))
    return _("Ouvert : par %(source)s", source=source)


def effect(before: Decision, after: Decision, own: SubscriptionFacts, *, at_once: bool = True) -> tuple[str, str]:
    """What an end changes for one content: the words and their tone. Not `at_once`: of an end that is to come."""
    if after.open:
        return _stays_open(before, after, own)
    if before.open:
        return _("se ferme tout de suite") if at_once else _("se ferme alors"), "cut"
    if before.reason == Reason.NOT_YET_UNLOCKED and after.reason != Reason.NOT_YET_UNLOCKED:
        return _("ne s'ouvrira pas"), "mute"
    if after.reason == Reason.NOT_YET_UNLOCKED and after.since:
        return _("s'ouvre le %(day)s", day=day(after.since)) + _source_name(after, own), "live"
    return _("reste fermé"), "mute"


def _stays_open(before: Decision, after: Decision, own: SubscriptionFacts) -> tuple[str, str]:
    elsewhere = _source_name(after, own)
    if after.until:
        words = _("se ferme le %(day)s", day=day(after.until))
        return (words + elsewhere, "late")
    words = _("reste ouvert") if before.open else _("s'ouvre")
    return (words + elsewhere, "live")


def _source_name(decision: Decision, own: SubscriptionFacts) -> str:
    if isinstance(decision.source, GrantFacts):
        return _(" (accès donné à la main)")
    if decision.source.id != own.id:
        return _(" (par %(source)s)", source=_named(decision.source, own))
    return ""


def summary(decisions: list[Decision]) -> str:
    return count_open([decision.open for decision in decisions])


def count_open(contents: list[bool]) -> str:
    """`5 ouverts sur 6`, `3 ouverts`, `aucun ouvert`."""
    opened = sum(contents)
    if opened == 0:
        return _("aucun ouvert")
    if opened == len(contents):
        return ngettext("%(num)s ouvert", "%(num)s ouverts", opened)
    return ngettext("%(num)s ouvert sur %(all)s", "%(num)s ouverts sur %(all)s", opened, all=len(contents))
