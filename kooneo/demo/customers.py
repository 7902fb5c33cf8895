"""Who buys from the demo's merchants: a few named by the state they are in, then as many as are wanted."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count

from kooneo.demo.people import FIRST_FAMILY_NAME, Person, everybody, person
from kooneo.demo.stories import EndedBy, Story
from kooneo.subscriptions.lifecycle import Gateway, SubscriptionStatus

_S = SubscriptionStatus


@dataclass(frozen=True)
class GrantPlan:
    product: str
    reason: str
    days_ago: int
    days_left: int | None = None
    """None: for good."""


@dataclass(frozen=True)
class CustomerPlan:
    person: Person
    stories: tuple[Story, ...]
    grants: tuple[GrantPlan, ...] = ()


def _named(word: str, given: str, family: str, *stories: Story) -> CustomerPlan:
    return CustomerPlan(Person(given, family, f"{word}@client.test"), stories)


NAMED = (
    _named("pending", "Agnès", "Lombard", Story("bases-mois", _S.PENDING, age_days=2)),
    _named("active-closed", "Bastien", "Courbet", Story("cercle-mois", age_days=40)),
    _named("active-until-paid", "Coralie", "Jarry", Story("aquarelle-mois", age_days=40)),
    _named("active-unlocked", "Félix", "Masson", Story("bases-mois", age_days=40)),
    _named("past-due", "Nora", "Bensaïd", Story("aquarelle-mois", _S.PAST_DUE, age_days=150, failures=1)),
    _named(
        "suspended",
        "Yves",
        "Kermarrec",
        Story("portrait-mois", _S.SUSPENDED, age_days=200, ended_days_ago=18, failures=3),
    ),
    _named(
        "completed",
        "Hortense",
        "de Brissac",
        Story("bases-3-fois", _S.COMPLETED, ended_days_ago=12, ended_by=EndedBy.TERM),
    ),
    _named(
        "cancelled",
        "Rachid",
        "Haddad",
        Story(
            "cercle-mois",
            _S.CANCELLED,
            age_days=130,
            ended_days_ago=20,
            reason="Demande reçue par téléphone",
            refunded_percent=50,
        ),
    ),
    _named(
        "abandoned",
        "Inès",
        "Pujol",
        Story(
            "perspective-mois",
            _S.ABANDONED,
            age_days=190,
            ended_days_ago=55,
            reason="Ne souhaite plus être sollicitée",
        ),
    ),
    _named("manual", "Marguerite", "Oudin", Story("cercle-an", age_days=120, gateway=Gateway.MANUAL)),
    _named("twice", "Tanguy", "Leroy-Blanc", Story("cercle-mois", age_days=75), Story("cercle-an", age_days=20)),
    _named(
        "camille",
        "Camille",
        "Desrosiers",
        Story("aquarelle-mois", age_days=65),
        Story("bases-mois", _S.CANCELLED, age_days=210, ended_days_ago=110, ended_by=EndedBy.CUSTOMER),
    ),
)

WANTS_TO_END = CustomerPlan(
    person("Gilbert", "Vauquelin"),
    (
        Story("perspective-mois", age_days=95),
        Story("bases-3-fois", _S.COMPLETED, ended_days_ago=180, ended_by=EndedBy.TERM),
    ),
)
WITHDRAWS = CustomerPlan(
    person("Noëlle", "Quémener"),
    (Story("aquarelle-mois", age_days=4), Story("bases-mois", _S.CANCELLED, age_days=300, ended_days_ago=150)),
)
REFUSED_BY_PAYPAL = CustomerPlan(
    person("Prosper", "Jaouen"),
    (
        Story("cercle-mois", age_days=210, former_account=True),
        Story("portrait-4-fois", _S.COMPLETED, ended_days_ago=260, ended_by=EndedBy.TERM),
    ),
)
CHARGED_AFTER_END = CustomerPlan(
    person("Sidonie", "Baratte"),
    (
        Story("complete", age_days=60),
        Story(
            "portrait-mois",
            _S.CANCELLED,
            age_days=140,
            ended_days_ago=6,
            reason="Demande reçue par téléphone",
            charged_after_end=True,
        ),
    ),
)
TO_SEE_TO = (WANTS_TO_END, WITHDRAWS, REFUSED_BY_PAYPAL, CHARGED_AFTER_END)
"""Who needs a person, once kooneo.demo.attention has let things happen. Each has two subscriptions: those with just one,
which people try things with, have nothing the matter."""

TEN_SUBSCRIPTIONS = CustomerPlan(
    person("Adèle", FIRST_FAMILY_NAME),
    (
        Story("complete", age_days=95),
        Story("cercle-mois", age_days=400),
        Story("direct-trimestre", age_days=170, gateway=Gateway.MANUAL),
        Story("aquarelle-mois", _S.PAST_DUE, age_days=130, failures=1),
        Story("perspective-mois", _S.SUSPENDED, age_days=260, ended_days_ago=25),
        Story("bases-3-fois", _S.COMPLETED, ended_days_ago=420, ended_by=EndedBy.TERM),
        Story("portrait-4-fois", _S.COMPLETED, ended_days_ago=240, ended_by=EndedBy.TERM),
        Story(
            "aquarelle-12",
            _S.CANCELLED,
            age_days=610,
            ended_days_ago=300,
            reason="Passe à la formule sans engagement",
            refunded_percent=100,
        ),
        Story("portrait-mois", _S.CANCELLED, age_days=900, ended_days_ago=700, ended_by=EndedBy.CUSTOMER),
        Story("cercle-an", _S.ABANDONED, age_days=1100, ended_days_ago=800, reason="Double souscription"),
    ),
    (GrantPlan("portrait", "Geste commercial après une panne", days_ago=60, days_left=120),),
)

_ENDLESS = (
    "bases-mois",
    "aquarelle-mois",
    "aquarelle-12",
    "cercle-mois",
    "portrait-mois",
    "perspective-mois",
    "complete",
)
_FINITE = ("bases-3-fois", "portrait-4-fois", "perspective-10-fois")
_LONGER = ("cercle-an", "direct-trimestre")

_REASONS = (
    "",
    "",
    "Demande reçue par e-mail",
    "Demande reçue par téléphone",
    "Pas assez de temps en ce moment",
    "Difficultés financières",
    "Passe à une autre formule",
    "Déménagement à l’étranger",
)
_GRANTS = ("Cadeau de parrainage", "Geste commercial", "A participé au tournage")

_Teller = Callable[[random.Random], tuple[Story, ...]]


def _active(rng: random.Random) -> Story:
    offer = rng.choice(_ENDLESS + _ENDLESS + _FINITE + _LONGER)
    return Story(offer, age_days=rng.randrange(2, 420 if offer in _LONGER else 330))


def _past_due(rng: random.Random) -> Story:
    return Story(rng.choice(_ENDLESS), _S.PAST_DUE, age_days=rng.randrange(35, 300), failures=rng.choice((1, 1, 2)))


def _suspended(rng: random.Random) -> Story:
    ended = rng.randrange(4, 60)
    failures = rng.choice((3, 3, 0))
    return Story(
        rng.choice(_ENDLESS), _S.SUSPENDED, ended + rng.randrange(50, 250), ended_days_ago=ended, failures=failures
    )


def _pending(rng: random.Random) -> Story:
    return Story(rng.choice(_ENDLESS + _FINITE), _S.PENDING, age_days=rng.randrange(1, 12))


def _completed(rng: random.Random) -> Story:
    ended = rng.randrange(3, 200)
    if rng.random() < 0.8:
        return Story(rng.choice(_FINITE), _S.COMPLETED, ended_days_ago=ended, ended_by=EndedBy.TERM)
    # The commitment is fulfilled: an end asked for after it is an end as agreed.
    return Story(
        "aquarelle-12", _S.COMPLETED, ended + 400, ended_days_ago=ended, reason="Engagement de 12 mois mené à son terme"
    )


def _interrupted(status: SubscriptionStatus) -> Callable[[random.Random], Story]:
    def tell(rng: random.Random) -> Story:
        ended = rng.choice((rng.randrange(2, 25), rng.randrange(25, 250)))
        return Story(
            rng.choice(_ENDLESS + _FINITE),
            status,
            ended + rng.randrange(12, 200),
            ended_days_ago=ended,
            ended_by=rng.choice((EndedBy.MEMBER, EndedBy.MEMBER, EndedBy.CUSTOMER)),
            ended_from=rng.choice((_S.ACTIVE, _S.ACTIVE, _S.ACTIVE, _S.PAST_DUE, _S.SUSPENDED)),
            reason=rng.choice(_REASONS),
        )

    return tell


_cancelled, _abandoned = _interrupted(_S.CANCELLED), _interrupted(_S.ABANDONED)


def _manual(rng: random.Random) -> Story:
    offer = rng.choice((*_LONGER, "cercle-mois"))
    if rng.random() < 0.7:
        return Story(offer, age_days=rng.randrange(20, 320), gateway=Gateway.MANUAL)
    return Story(offer, _S.CANCELLED, rng.randrange(150, 320), Gateway.MANUAL, ended_days_ago=rng.randrange(5, 100))


def _one(tell: Callable[[random.Random], Story]) -> _Teller:
    return lambda rng: (tell(rng),)


def _several(rng: random.Random) -> tuple[Story, ...]:
    """One under way and what went before it."""
    others = rng.sample((_active, _completed, _cancelled, _abandoned, _past_due, _manual), rng.choice((1, 1, 2)))
    return (_active(rng), *(tell(rng) for tell in others))


_PROFILES: tuple[tuple[int, _Teller], ...] = (
    (155, _one(_active)),
    (5, _one(_past_due)),
    (5, _one(_suspended)),
    (5, _one(_pending)),
    (6, _one(_completed)),
    (6, _one(_cancelled)),
    (5, _one(_abandoned)),
    (5, _one(_manual)),
    (8, _several),
)
"""How many of two hundred."""


def others() -> Iterator[CustomerPlan]:
    """Without end; of every two hundred, the shares are those of the profiles."""
    yield TEN_SUBSCRIPTIONS
    profiles = _shuffled_profiles()
    for number, somebody in zip(count(), everybody(), strict=False):
        rng = random.Random(f"kooneo/{number}")  # noqa: S311 - the same every time
        teller = profiles[number % len(profiles)]
        yield CustomerPlan(somebody, teller(rng), _grants(rng) if teller is _several else ())


@cache
def _shuffled_profiles() -> list[_Teller]:
    profiles = [teller for share, teller in _PROFILES for _ in range(share)]
    random.Random("kooneo").shuffle(profiles)  # noqa: S311 - the same every time
    return profiles


def _grants(rng: random.Random) -> tuple[GrantPlan, ...]:
    if rng.random() < 0.5:
        return ()
    product = rng.choice(("cercle", "direct", "portrait"))
    days_left = rng.choice((None, 60, 180))
    return (GrantPlan(product, rng.choice(_GRANTS), days_ago=rng.randrange(5, 90), days_left=days_left),)


_VOISIN_FAMILIES = ("Voisin", "Voisin-Lambert", "Le Voisin", "Voisin-Petit", "Duvoisin", "Voisin-Roy", "Beauvoisin")
_VOISIN_GIVEN = [
    "Julie",
    "Marc",
    "Élise",
    "Noël",
    "Brigitte",
    "Samir",
    "Clotilde",
    "Hervé",
    "Maud",
    "Rosalie",
    "Ivan",
    "Laurine",
    "Didier",
    "Prune",
]
_VOISIN_STORIES = (
    Story("guitare-mois", age_days=40),
    Story("chorale-mois", age_days=70),
    Story("guitare-mois", _S.CANCELLED, age_days=200, ended_days_ago=30, reason="Demande reçue par e-mail"),
    Story("guitare-5-fois", age_days=80),
    Story("chorale-mois", _S.PAST_DUE, age_days=100, failures=1),
    Story("guitare-5-fois", _S.COMPLETED, ended_days_ago=40, ended_by=EndedBy.TERM),
    Story("chorale-mois", _S.SUSPENDED, age_days=140, ended_days_ago=15, failures=3),
    Story("guitare-mois", _S.PENDING, age_days=1),
    Story("chorale-mois", _S.ABANDONED, age_days=160, ended_days_ago=60),
    Story("guitare-mois", age_days=120, gateway=Gateway.MANUAL),
)


def voisin() -> list[CustomerPlan]:
    """Every name and e-mail says whose customer it is: none of them may ever show up elsewhere."""
    people = [
        person(given, _VOISIN_FAMILIES[number % len(_VOISIN_FAMILIES)]) for number, given in enumerate(_VOISIN_GIVEN)
    ]
    return [
        CustomerPlan(somebody, (_VOISIN_STORIES[number % len(_VOISIN_STORIES)],))
        for number, somebody in enumerate(people)
    ]
