"""The French of the journal: one table of events; what is not in it still says something readable."""

from collections.abc import Mapping
from datetime import date

from kooneo.language import day
from kooneo.language import gettext as _
from kooneo.mail.words import PROBLEMS
from kooneo.subscriptions import words
from kooneo.subscriptions.lifecycle import Action, SubscriptionStatus

KINDS = {
    "subscription": "Abonnements",
    "access": "Accès donnés",
    "payment": "Paiements",
    "customer": "Profil",
    "winback": "Propositions de reprise",
    "portal": "Espace client",
    "member": "Équipe",
    "merchant": "Compte marchand",
    "paypal_keys": "Clés PayPal",
    "webhook": "Notifications PayPal",
    "mail": "E-mails",
    "product": "Produits",
    "content": "Contenus",
    "offer": "Offres",
    "order": "Commandes",
    "renewal": "Reconductions",
    "termination": "Résiliations",
    "withdrawal": "Rétractations",
    "takeover": "Reprise des abonnements PayPal",
}

EVENTS = {
    "access.given": ("Accès donné à la main", "live"),
    "access.changed": ("Accès donné à la main, modifié", ""),
    "access.withdrawn": ("Accès donné à la main, retiré", "cut"),
    "customer.profile_changed": ("Profil modifié", ""),
    "member.signed_in": ("Connexion d'un membre de l'équipe", ""),
    "member.signed_out": ("Déconnexion d'un membre de l'équipe", ""),
    "member.sign_in_failed": ("Connexion refusée", "late"),
    "member.password_refused": ("Mot de passe refusé", "late"),
    "member.added": ("Membre ajouté à l'équipe", ""),
    "member.disabled": ("Membre de l'équipe : accès retiré", "cut"),
    "member.password_replaced": ("Mot de passe d'un membre de l'équipe remplacé", "held"),
    "merchant.created": ("Compte marchand créé", ""),
    "paypal_keys.saved": ("Clés PayPal enregistrées", "live"),
    "paypal_keys.replaced": ("Clés PayPal remplacées", ""),
    "paypal_keys.deleted": ("Clés PayPal supprimées", "cut"),
    "paypal_keys.tested": ("Clés PayPal testées", ""),
    "webhook.registered": ("Adresse des notifications enregistrée chez PayPal", "live"),
    "mail.sent": ("E-mail envoyé", ""),
    "mail.failed": ("E-mail non remis", "late"),
    "mail.dropped": ("E-mail retiré avant son départ : il n'avait plus lieu d'être", "held"),
    "mail.tried_again": ("E-mail à envoyer de nouveau", "held"),
    "mail.given_up": ("E-mail non remis : l'équipe y a renoncé", ""),
    "portal.signed_in": ("Connexion à l'espace client", ""),
    "portal.signed_out": ("Déconnexion de l'espace client", ""),
    "portal.sign_in_failed": ("Connexion à l'espace client refusée : trop de codes faux", "late"),
    "product.created": ("Produit créé", ""),
    "product.changed": ("Produit modifié", ""),
    "product.archived": ("Produit archivé", ""),
    "product.restored": ("Produit remis au catalogue", ""),
    "product.picture_changed": ("Image du produit modifiée", ""),
    "product.picture_removed": ("Image du produit retirée", ""),
    "product.access_rules_changed": ("Règles d'accès du produit modifiées", ""),
    "content.added": ("Contenu ajouté", ""),
    "content.changed": ("Contenu modifié", ""),
    "content.moved": ("Contenu déplacé", ""),
    "content.removed": ("Contenu retiré", ""),
    "offer.created": ("Offre créée", ""),
    "offer.changed": ("Offre modifiée", ""),
    "offer.archived": ("Offre archivée", ""),
    "offer.restored": ("Offre remise au catalogue", ""),
    "order.refused": ("Commande refusée par PayPal, rien n'a été prélevé", "cut"),
    "subscription.ordered": ("Commande reçue, en attente de l'accord du client", "held"),
    "subscription.end_confirmed": ("Fin confirmée par PayPal", "live"),
    "subscription.stopped": ("Prélèvements arrêtés chez PayPal", "live"),
    "subscription.added": ("Abonnement payé hors de PayPal ajouté", "live"),
    "subscription.taken_over": ("Abonnement repris de PayPal", "live"),
    "takeover.confirmed": ("Reprise des abonnements PayPal lancée", ""),
    "payment.recorded": ("Paiement reçu autrement", "live"),
    "payment.failed_told": ("Client prévenu d'un prélèvement refusé", "held"),
    "payment.suspended_told": ("Client prévenu de la suspension par PayPal", "held"),
    "payment.reopened_told": ("Client prévenu que l'accès est rouvert", "live"),
    "payment.notices_changed": ("Prélèvements refusés : réglages modifiés", ""),
    "payment.refund_requested": ("Remboursement demandé à PayPal", "held"),
    "payment.refunded": ("Paiement remboursé", "live"),
    "payment.refund_undone": ("Remboursement annulé par PayPal : le paiement est de nouveau encaissé", "live"),
    "payment.refund_refused": ("Remboursement refusé, rien n'a été rendu", "cut"),
    "payment.refund_given_up": ("Remboursement laissé de côté", "mute"),
    "payment.refund_needs_attention": ("Remboursement resté sans réponse sûre", "late"),
    "portal.options_changed": ("Espace client : réglages modifiés", ""),
    "renewal.noticed": ("Avis de reconduction envoyé", ""),
    "renewal.missed": ("Avis de reconduction non envoyé dans le délai", "late"),
    "termination.received": ("Résiliation demandée", "held"),
    "termination.verified": ("Résiliation confirmée par le lien", "held"),
    "termination.settled": ("Demande de résiliation traitée", ""),
    "winback.settings_changed": ("Propositions de reprise : réglages modifiés", ""),
    "winback.proposed": ("Reprise proposée au client", ""),
    "winback.followed": ("Le client a suivi la proposition de reprise", "live"),
    "winback.stopped": ("Le client ne veut plus de propositions", "cut"),
    "withdrawal.received": ("Rétractation reçue", "held"),
    "withdrawal.verified": ("Rétractation confirmée par le lien", "held"),
    "withdrawal.effective": ("Le client a renoncé au contrat : accès fermé", "cut"),
    "withdrawal.settled": ("Rétractation traitée", ""),
    "demo.seeded": ("Exemples créés", ""),
}
"""The words and their tone, for events that do not follow from the table of the lifecycle."""

_CHANGE_RESULTS = {
    "requested": ("%(requested)s", "held"),
    "refused": ("%(requested)s : refusé, rien n'a changé", "cut"),
    "needs_attention": ("%(requested)s : resté sans réponse sûre", "late"),
    "given_up": ("%(requested)s : l'équipe y a renoncé", ""),
}

_PLACES = {
    "back_office": "Back-office",
    "portal": "Espace client",
    "paypal": "PayPal",
    "worker": "Kooneo",
    "kooneo": "Kooneo",
    "command": "Ligne de commande",
}

_ACTORS = {
    "member": "Un membre de l'équipe",
    "customer": "Le client",
    "paypal": "PayPal",
    "kooneo": "Kooneo",
}

_TERMS = {"forever": "sans limite de date", "withdrawn": "retiré", "on": "activé", "off": "désactivé"}

_CODED: Mapping[str, Mapping[str, str]] = {
    "environment": {"sandbox": "Test", "live": "Production"},
    "result": {"right": "tout est en ordre", "wrong": "à corriger", "undecided": "sans réponse sûre de PayPal"},
    "mail_problem": PROBLEMS,
    "notice": {"yes": "oui", "no": "non"},
    "refusal": {
        "off": "les propositions ne sont plus activées",
        "product_off": "ce produit n'est plus proposé de nouveau",
        "abandoned": "l'abonnement est abandonné",
        "completed": "l'abonnement est allé à son terme",
        "in_force": "l'abonnement est en vigueur",
        "withdrawn": "le client s'est rétracté",
        "never_began": "le client n'avait pas donné son accord à PayPal",
        "charging": "PayPal peut encore prélever",
        "taken_up": "le client s'est déjà abonné de nouveau",
        "stopped": "le client ne veut plus de propositions",
        "no_address": "le client n'a pas d'adresse e-mail",
        "not_for_sale": "l'offre n'est plus en vente",
        "nothing_left": "il ne reste rien à payer",
        "too_old": "il attendait depuis plus de trois jours",
        "no_renewal": "le contrat a pris fin",
        "renewal_refused": "le client a déjà demandé la résiliation",
        "notices_off": "ces e-mails sont désactivés",
        "ended": "l'abonnement a pris fin",
        "change_under_way": "un changement de statut est en cours",
        "received_otherwise": "le paiement a été reçu autrement",
        "superseded": "la situation a changé chez PayPal",
    },
    "step": {"first": "premier", "second": "deuxième", "third": "troisième", "by_hand": "envoyé à la main"},
}
"""Details that a line keeps as a code; the others are shown as they stand."""

_FIELDS = {
    "given_name": "prénom",
    "family_name": "nom",
    "email": "adresse e-mail",
    "language": "langue",
    "notes": "notes",
    "tags": "étiquettes",
    "self_cancellation": "annulation par le client",
    "ask_motive": "demande du motif",
    "message": "message",
    "during_commitment": "pendant l'engagement",
    "instalments": "paiements en plusieurs fois",
    "enabled": "propositions",
    "abandon_unanswered": "Abandonné sans réponse au dernier message",
    "unproposed": "produits proposés",
    "first": "premier message",
    "second": "deuxième message",
    "third": "troisième message",
}

_DETAILS = {
    "title": "Accès à",
    "offer": "Offre",
    "product": "Produit",
    "subscriptions": "Abonnements",
    "paypal_status": "PayPal a répondu",
    "address": "Adresse IP",
    "environment": "Environnement",
    "client_ending": "Client ID, fin",
    "secret_ending": "Secret, fin",
    "result": "Résultat du test",
    "mail_subject": "Objet",
    "recipient": "Destinataire",
    "mail_problem": "Cause",
    "refusal": "Raison",
    "step": "Message",
    "notice": "E-mail au client",
    "reference": "Référence",
    "renews_on": "Reconduction",
}
"""Details that are shown, with their label."""

_DAYS = ("renews_on",)
"""Details that are calendar days."""


def kind_label(kind: str) -> str:
    return _(KINDS[kind]) if kind in KINDS else _readable(kind)


def event(name: str) -> str:
    return _found(name)[0]


def tone(name: str) -> str:
    return _found(name)[1]


def _found(name: str) -> tuple[str, str]:
    if name in EVENTS:
        text, colour = EVENTS[name]
        return _(text), colour
    kind, _dot, what = name.partition(".")
    if kind == "subscription":
        return _of_subscription(what)
    return _("%(kind)s : %(what)s", kind=kind_label(kind), what=_readable(what)), ""


def _of_subscription(what: str) -> tuple[str, str]:
    if what in list(SubscriptionStatus):
        status = SubscriptionStatus(what)
        return _("Abonnement : %(status)s", status=words.label(status)), words.tone(status)
    status_here = what.removesuffix("_unconfirmed")
    if status_here in list(SubscriptionStatus):
        status = SubscriptionStatus(status_here)
        ended = _("Abonnement : %(status)s, non confirmé par PayPal", status=words.label(status))
        return ended, "late"
    for result, (text, colour) in _CHANGE_RESULTS.items():
        action = what.removesuffix(f"_{result}")
        if action != what and action in list(Action):
            return _(text, requested=words.requested(Action(action))), colour
    return _("Abonnement : %(what)s", what=_readable(what)), ""


def place(name: str) -> str:
    return _(_PLACES[name]) if name in _PLACES else _readable(name)


def actor(kind: str) -> str:
    """When the name was erased."""
    return _(_ACTORS[kind]) if kind in _ACTORS else _readable(kind)


def state(value: str) -> str:
    """Before or after, as a line keeps it: statuses, a term, the names of fields."""
    return _(", ").join(_state(part) for part in value.split(", "))


def _state(value: str) -> str:
    if value in list(SubscriptionStatus):
        return words.label(SubscriptionStatus(value))
    if value in _TERMS or value in _FIELDS:
        return _((_TERMS | _FIELDS)[value])
    try:
        return _("jusqu'au %(day)s", day=day(date.fromisoformat(value)))
    except ValueError:
        return _readable(value)


def after_label(event_name: str) -> str:
    """What a line keeps as its after: the new state, or the names of what was changed."""
    return _("Modifié") if event_name == "customer.profile_changed" else _("Après")


def field(name: str) -> str:
    return _(_FIELDS[name]) if name in _FIELDS else _readable(name)


def detail_value(name: str, value: object) -> str:
    text = _CODED.get(name, {}).get(str(value))
    if text:
        return _(text)
    return day(date.fromisoformat(str(value))) if name in _DAYS else str(value)


def detail_label(name: str) -> str | None:
    return _(_DETAILS[name]) if name in _DETAILS else None


def _readable(code: str) -> str:
    return code.replace("_", " ").replace(".", " ")
