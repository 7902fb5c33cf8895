"""The French of what a customer was told of their payments."""

from datetime import datetime

from kooneo.clock import now
from kooneo.dunning.models import NoticeKind
from kooneo.language import at_moment, day
from kooneo.language import gettext as _
from kooneo.mail.models import MessageState, OutboxMessage

_TITLES = {
    NoticeKind.FAILED: "Après un prélèvement refusé",
    NoticeKind.SUSPENDED: "Quand PayPal suspend l'abonnement",
    NoticeKind.REOPENED: "Quand l'accès se rouvre",
}


def title(kind: NoticeKind) -> str:
    return _(_TITLES[kind])


def told(message: OutboxMessage) -> str:
    """Beside « Client prévenu », of the latest notice."""
    match message.state:
        case MessageState.SENT if message.sent_at:
            return _("Le %(day)s", day=day(message.sent_at))
        case MessageState.FAILED:
            return _("Non : l'e-mail n'a pas été remis")
        case MessageState.DROPPED:
            return ""
        case _:
            return _("Pas encore : l'e-mail attend de partir")


def soon(opening: datetime) -> str:
    """Nothing is written yet; `opening` is the first moment that is not quiet."""
    if opening > now():
        return _("Pas encore : l'e-mail part %(when)s", when=at_moment(opening))
    return _("Pas encore : l'e-mail part dans un instant")


def switched_off() -> str:
    return _("Non : ces e-mails sont désactivés")


def switched(*, on: bool) -> str:
    if on:
        return _("C'est enregistré : vos clients sont prévenus quand un prélèvement échoue.")
    return _("C'est enregistré : Kooneo ne prévient plus vos clients quand un prélèvement échoue.")
