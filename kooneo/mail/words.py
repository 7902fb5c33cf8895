"""The French of what became of a message."""

from collections.abc import Mapping

from kooneo.mail.models import MailProblem

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
}
"""After « Cause » in the journal."""
