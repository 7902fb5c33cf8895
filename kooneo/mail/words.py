"""The French of what became of a message."""

from collections.abc import Mapping

from kooneo.language import gettext as _
from kooneo.mail.models import MailProblem, MessageState, OutboxMessage

PROBLEMS: Mapping[str, str] = {
    MailProblem.ADDRESS: "l'adresse n'est pas une adresse e-mail",
    MailProblem.RECIPIENT: "le serveur de messagerie refuse cette adresse",
    MailProblem.CONTENT: "ce message n'est pas accepté",
    MailProblem.TOO_LATE: "il serait arrivé trop tard pour servir",
    MailProblem.BUSY: "le serveur de messagerie remet toujours à plus tard",
    MailProblem.SENDER: "le serveur de messagerie n'accepte pas l'expéditeur",
    MailProblem.CREDENTIALS: "le serveur de messagerie refuse le mot de passe de Kooneo",
    MailProblem.ENCRYPTION: "la liaison avec le serveur de messagerie n'a pas pu être chiffrée",
    MailProblem.UNREACHABLE: "le serveur de messagerie n'a pas répondu",
    MailProblem.INTERRUPTED: "l'envoi s'est interrompu",
    MailProblem.UNWANTED: "il n'avait plus lieu d'être",
}
"""After « Cause » in the journal."""

_OF_THE_RECIPIENT = (MailProblem.ADDRESS, MailProblem.RECIPIENT)


def why(message: OutboxMessage) -> str:
    """Why it has not arrived."""
    waiting = message.state == MessageState.WAITING
    if message.problem is None:
        return _("Cet e-mail n'est pas encore parti : Kooneo n'a pas pu commencer l'envoi.")
    cause = _(PROBLEMS[message.problem])
    if waiting:
        return _("Cet e-mail attend de partir : %(cause)s. Kooneo réessaie.", cause=cause)
    return _("Cet e-mail n'a pas été remis : %(cause)s.", cause=cause)


def advice(message: OutboxMessage) -> str:
    """What a member of the team can do about it."""
    if message.text is None:
        return _("Son texte a été effacé depuis : prévenez cette personne autrement.")
    if message.problem in _OF_THE_RECIPIENT:
        return _("Vérifiez l'adresse dans la fiche, et prévenez cette personne autrement.")
    return _("Si cela dure, prévenez la personne qui administre Kooneo.")
