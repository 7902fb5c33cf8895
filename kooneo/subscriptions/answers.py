"""What is said about a change of status: what was done, why it was refused, what is being waited for."""

from dataclasses import dataclass

from kooneo.language import at_moment, clock_time, day
from kooneo.language import gettext as _
from kooneo.paypal import RemoteStatus
from kooneo.subscriptions import words
from kooneo.subscriptions.lifecycle import Action, Gateway
from kooneo.subscriptions.models import ChangeState, StatusChange, Subscription
from kooneo.subscriptions.problems import Problem


@dataclass(frozen=True)
class Note:
    """A strip across the card: one sentence in bold or none, then the rest."""

    tone: str
    icon: str
    lead: str
    rest: str = ""

    @property
    def text(self) -> str:
        """The whole, for the live region."""
        return f"{self.lead} {self.rest}".strip()


# Why, then what to do. Refused: nothing happened at PayPal.
_REFUSED = {
    Problem.CREDENTIALS: (
        "les clés API ne sont plus acceptées",
        "Testez-les dans Réglages > PayPal : la page dit ce qui ne va pas.",
    ),
    Problem.PERMISSION: (
        "les clés API n'ont pas la permission « Subscriptions »",
        "Activez-la pour cette application dans votre compte développeur PayPal, puis recommencez.",
    ),
    Problem.NOT_FOUND: (
        "cet abonnement est introuvable avec ces clés (test ou production ?)",
        "Vérifiez que les clés sont celles du compte PayPal, et de l'environnement, où il a été vendu.",
    ),
    Problem.REFUSED: (
        "il répond « %(detail)s »",
        "Consultez cet abonnement dans votre compte PayPal.",
    ),
    Problem.CANNOT_BE_ACTIVATED: (
        "PayPal ne peut pas reprendre les prélèvements de cet abonnement",
        "Le plus souvent, le moyen de paiement du client n'est plus valable : il doit le renouveler chez PayPal.",
    ),
    Problem.KEYS_CHANGED: (
        "les clés PayPal ont été remplacées ou supprimées depuis la demande",
        "Rien n'a été envoyé avec d'autres clés : recommencez quand celles de ce compte PayPal sont en place.",
    ),
    Problem.NOT_APPROVED: (
        "le client n'a pas encore donné son accord",
        "Un abonnement qui n'a pas commencé peut seulement être annulé ou abandonné.",
    ),
}
_OF_THE_KEYS = (Problem.CREDENTIALS, Problem.PERMISSION, Problem.NOT_FOUND, Problem.KEYS_CHANGED)

_UNSURE = {
    Problem.ACCOUNT_CLOSED: "PayPal répond que le compte du client est fermé ou bloqué.",
    Problem.RATE_LIMITED: "PayPal a limité le nombre de demandes.",
    Problem.UNREACHABLE: "PayPal n'a pas répondu.",
    Problem.BAD_ANSWER: "La réponse de PayPal était illisible.",
    Problem.NOT_EFFECTIVE: "PayPal n'affiche pas encore le changement.",
    Problem.STARTING: "Le client vient de donner son accord, et PayPal n'a pas encore commencé l'abonnement.",
    Problem.KEYS_UNREADABLE: "Le secret PayPal enregistré n'a pas pu être lu.",
    Problem.INTERRUPTED: "Le dernier essai s'est interrompu.",
}


def about(change: StatusChange, subscription: Subscription) -> Note:
    match change.state:
        case ChangeState.DONE:
            return _done(change, subscription)
        case ChangeState.REFUSED:
            return _refused(change, subscription)
        case ChangeState.NEEDS_ATTENTION:
            return _needs_attention(change)
        case _:
            return _waiting(change)


def _done(change: StatusChange, subscription: Subscription) -> Note:
    status = change.to_status or change.wished_status
    return Note("live", "check", words.result(status), _confirmation(change, subscription))


def _confirmation(change: StatusChange, subscription: Subscription) -> str:
    if subscription.unconfirmed:
        return _("Terminé ici sans PayPal, qui ne l'a pas confirmé : il peut encore prélever.")
    if subscription.charging:
        return _("Rien ne change chez PayPal, qui peut encore prélever.")
    if subscription.gateway == Gateway.MANUAL:
        return _("Cet abonnement est payé hors de PayPal : il n'y avait rien à y arrêter.")
    if change.paypal_status is None:
        return _("Rien ne change chez PayPal : les paiements y étaient déjà arrêtés.")
    if change.action == Action.PAUSE and change.paypal_status == RemoteStatus.SUSPENDED:
        return _paused(change, subscription)
    if change.action == Action.REACTIVATE and change.paypal_status == RemoteStatus.ACTIVE:
        return _charging_again(subscription)
    if change.paypal_status == RemoteStatus.APPROVAL_PENDING:
        return _("Le client n'avait pas encore donné son accord : PayPal n'avait rien à arrêter.")
    if change.paypal_status == RemoteStatus.EXPIRED and change.action == Action.STOP:
        return _("PayPal l'avait déjà mené à son terme : plus rien n'y est prélevé.")
    if change.paypal_status == RemoteStatus.EXPIRED:
        return _("PayPal l'avait déjà mené à son terme : c'est ce que la fiche indique.")
    if change.already_done:
        return _("Cet abonnement était déjà annulé chez PayPal%(date)s.", date=_on(change))
    confirmed_at = change.paypal_at or change.settled_at
    return _(
        "PayPal a confirmé l'arrêt des paiements le %(day)s à %(time)s.",
        day=day(confirmed_at) if confirmed_at else "",
        time=clock_time(confirmed_at) if confirmed_at else "",
    )


def _paused(change: StatusChange, subscription: Subscription) -> str:
    if change.already_done:
        return _("PayPal l'avait déjà suspendu lui-même : ce n'est pas une pause, et la reprise dépend de PayPal.")
    until = _("Kooneo les reprendra le %(day)s.", day=day(subscription.resume_on)) if subscription.resume_on else ""
    return f"{_('PayPal a confirmé que les prélèvements sont suspendus.')} {until}".strip()


def _charging_again(subscription: Subscription) -> str:
    planned = subscription.next_payment_at
    if planned is None:
        return _("PayPal a confirmé la reprise des prélèvements.")
    said = _("PayPal a confirmé la reprise. Prochain prélèvement : le %(day)s.", day=day(planned))
    if subscription.paid_until and planned < subscription.paid_until:
        early = _(
            "C'est avant la fin de la période déjà payée (%(day)s) : PayPal rattrape l'échéance.",
            day=day(subscription.paid_until),
        )
        return f"{said} {early}"
    return said


def _on(change: StatusChange) -> str:
    return _(", depuis le %(day)s", day=day(change.paypal_at)) if change.paypal_at else ""


def _refused(change: StatusChange, subscription: Subscription) -> Note:
    why, what_to_do = _refusal(change)
    if refused_by_us(change):
        lead = _("L'opération n'a pas été faite : %(why)s.", why=why)
    else:
        lead = _("PayPal a refusé l'opération : %(why)s.", why=why)
    if change.action == Action.STOP:
        unchanged = _("PayPal peut encore prélever.")
    elif subscription.status == change.from_status:
        unchanged = _("Le statut n'a pas été modifié.")
    else:
        unchanged = _("Rien n'a été fait ; PayPal indique : %(status)s.", status=words.label(subscription.status))
    return Note("cut", "status-cancelled", lead, f"{unchanged} {what_to_do}")


def refused_by_us(change: StatusChange) -> bool:
    """Kooneo itself did not go on: PayPal has refused nothing."""
    return change.problem in (Problem.KEYS_CHANGED, Problem.NOT_APPROVED)


def about_keys(change: StatusChange) -> bool:
    """Whether the merchant's keys kept it from being done."""
    settled_without = change.state in (ChangeState.REFUSED, ChangeState.NEEDS_ATTENTION)
    return settled_without and change.problem in _OF_THE_KEYS


def _refusal(change: StatusChange) -> tuple[str, str]:
    why, what_to_do = _REFUSED[Problem(change.problem or Problem.REFUSED)]
    return _(why, detail=change.problem_detail or _("sans motif")), _(what_to_do)


def _needs_attention(change: StatusChange) -> Note:
    if change.problem in _UNSURE:
        why = _(_UNSURE[Problem(change.problem)])
    else:
        lead = (
            _("La suite n'a pas pu être vérifiée")
            if refused_by_us(change)
            else _("PayPal ne laisse plus lire cet abonnement")
        )
        why = f"{lead}{_(' : ')}{_refusal(change)[0]}."
    return Note(
        "late",
        "mark-attention",
        _("%(requested)s par %(actor)s : Kooneo n'a pas pu aller au bout.", **_who(change)),
        why + " " + _("Consultez l'abonnement dans votre compte PayPal, puis recommencez ici."),
    )


def _waiting(change: StatusChange) -> Note:
    asked = _("%(requested)s par %(actor)s %(when)s.", when=at_moment(change.requested_at), **_who(change))
    rest = _("PayPal n'a pas encore confirmé : nous réessayons automatiquement.")
    if change.state == ChangeState.UNKNOWN and change.problem in _UNSURE:
        rest = _(_UNSURE[Problem(change.problem)]) + " " + rest
    if change.last_attempt_at and change.next_attempt_at and change.next_attempt_at > change.last_attempt_at:
        tries = {"last": at_moment(change.last_attempt_at), "next": at_moment(change.next_attempt_at)}
        rest += " " + _("Dernier essai %(last)s, prochain %(next)s.", **tries)
    return Note("held", "mark-waiting", asked, rest + " " + _("Vous n'avez rien à faire."))


def _who(change: StatusChange) -> dict[str, str]:
    return {"requested": words.requested(change.action), "actor": change.actor_name}


def in_progress(change: StatusChange) -> Note:
    """For the second person, whose own request was not taken."""
    return Note(
        "late",
        "mark-attention",
        _(
            "Une demande est déjà en cours : %(requested)s par %(actor)s %(when)s.",
            when=at_moment(change.requested_at),
            **_lower(change),
        ),
        _(
            "Votre demande n'a pas été envoyée à PayPal : attendez la réponse à la première, puis recommencez si besoin."
        ),
    )


def already_changed(change: StatusChange | None) -> Note:
    """For somebody whose form showed a state that is no more."""
    if change is None or change.settled_at is None:
        return Note(
            "late", "mark-attention", _("Ce statut ne permet plus cette action."), _("La carte montre l'état actuel.")
        )
    return Note(
        "late",
        "mark-attention",
        _(
            "%(actor)s a déjà changé le statut de cet abonnement %(when)s.",
            actor=change.actor_name,
            when=at_moment(change.settled_at),
        ),
        _("Rien n'a été envoyé à PayPal. La carte montre l'état actuel."),
    )


def _lower(change: StatusChange) -> dict[str, str]:
    who = _who(change)
    return who | {"requested": who["requested"][0].lower() + who["requested"][1:]}


def about_check(subscription: Subscription) -> Note | None:
    """What the last look at PayPal found wrong; none when it told how things are."""
    problem = subscription.check_problem
    if problem is None:
        return None
    if problem == Problem.CHARGING:
        return charging()
    return Note("late", "mark-attention", _("La vérification n'a pas abouti."), why_unread(Problem(problem)))


def why_unread(problem: Problem) -> str:
    """A sentence."""
    if problem == Problem.KEYS_CHANGED:
        return _("Les clés PayPal ont été remplacées ou supprimées entre-temps.")
    if problem in _UNSURE:
        return _(_UNSURE[problem])
    return _("PayPal a répondu : %(why)s.", why=_(_REFUSED[problem][0], detail=_("sans motif")))


def charging() -> Note:
    return Note(
        "late",
        "mark-attention",
        _("Terminé ici, et toujours en cours chez PayPal."),
        _("PayPal peut encore prélever. « Arrêter les prélèvements » le demande à PayPal ; le statut ne change pas."),
    )


def unconfirmed() -> Note:
    return Note(
        "late",
        "mark-attention",
        _("Terminé ici sans PayPal."),
        _("S'il connaît encore cet abonnement, PayPal peut prélever : arrêtez-le dans votre compte PayPal."),
    )


def verified(subscription: Subscription) -> Note:
    """The answer to "Vérifier auprès de PayPal"."""
    found = about_check(subscription)
    if found:
        return found
    said = _("PayPal confirme : %(status)s.", status=words.label(subscription.status))
    planned = subscription.next_payment_at
    return Note("live", "check", said, _("Prochain prélèvement : le %(day)s.", day=day(planned)) if planned else "")


def not_verified_yet() -> Note:
    return Note(
        "held",
        "mark-waiting",
        _("La vérification est demandée."),
        _("PayPal n'a pas encore répondu. Actualisez dans un instant."),
    )


def keys_missing() -> Note:
    return Note(
        "late",
        "key",
        _("Les clés API PayPal ne sont pas configurées."),
        _("Sans elles, Kooneo ne peut pas agir sur cet abonnement chez PayPal : rien n'a été changé."),
    )


def form_reused() -> Note:
    return Note(
        "late",
        "mark-attention",
        _("Ce formulaire a déjà servi, avec un autre contenu."),
        _("Rien n'a été envoyé une seconde fois. Rouvrez l'action depuis la carte."),
    )
