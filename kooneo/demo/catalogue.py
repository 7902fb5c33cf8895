"""What the demo's two merchants sell, and by which rules it stays open."""

from dataclasses import dataclass
from functools import cached_property

from kooneo.accounts.models import Role
from kooneo.catalog.models import AccessAfterCancellation, AccessAfterCompletion
from kooneo.money import Money
from kooneo.terms import Interval, Terms

CURRENCY = "EUR"
PASSWORD = "demo-kooneo-2026"  # noqa: S105 - the demo's, told to everybody


@dataclass(frozen=True)
class MemberPlan:
    name: str
    email: str
    role: Role


@dataclass(frozen=True)
class ProductPlan:
    key: str
    title: str
    description: str
    after_completion: AccessAfterCompletion
    after_cancellation: AccessAfterCancellation
    contents: tuple[tuple[int, str], ...]
    """Each opens so many days after the start."""


@dataclass(frozen=True)
class OfferPlan:
    key: str
    title: str
    products: tuple[str, ...]
    price_minor: int
    interval: Interval = Interval.MONTH
    interval_count: int = 1
    total_cycles: int | None = None
    commitment_cycles: int | None = None

    @cached_property
    def terms(self) -> Terms:
        price = Money(self.price_minor, CURRENCY)
        return Terms(price, self.interval, self.interval_count, self.total_cycles, self.commitment_cycles)


@dataclass(frozen=True)
class MerchantPlan:
    slug: str
    name: str
    client_id: str
    client_secret: str
    members: tuple[MemberPlan, ...]
    products: tuple[ProductPlan, ...]
    offers: tuple[OfferPlan, ...]

    def offer(self, key: str) -> OfferPlan:
        return next(offer for offer in self.offers if offer.key == key)


_OPEN, _CLOSED = AccessAfterCompletion.OPEN, AccessAfterCompletion.CLOSED
_CUT, _UNTIL_PAID, _UNLOCKED = (
    AccessAfterCancellation.CLOSED,
    AccessAfterCancellation.UNTIL_PAID,
    AccessAfterCancellation.UNLOCKED,
)

ATELIER_LUMIERE = MerchantPlan(
    slug="atelier-lumiere",
    name="Atelier Lumière",
    client_id="demo-client-atelier",
    client_secret="demo-secret-atelier",  # noqa: S106 - known to the simulator only
    members=(
        MemberPlan("Claire Morin", "demo@kooneo.test", Role.OWNER),
        MemberPlan("Paul Renaud", "paul@kooneo.test", Role.MEMBER),
        MemberPlan("Inès Caron", "lecture@kooneo.test", Role.VIEWER),
    ),
    products=(
        ProductPlan(
            "bases",
            "Les bases du dessin",
            "Observer, mesurer, tracer, de la première ligne à la nature morte.",
            _OPEN,
            _UNLOCKED,
            (
                (0, "Tenir son crayon, regarder juste"),
                (7, "Lignes, formes et proportions"),
                (14, "Ombres et volumes"),
                (30, "La nature morte"),
                (60, "Composer une page"),
                (90, "Votre projet personnel"),
            ),
        ),
        ProductPlan(
            "aquarelle",
            "Aquarelle pas à pas",
            "L’eau, les pigments et le papier, une leçon par semaine.",
            _OPEN,
            _UNTIL_PAID,
            (
                (0, "Choisir son papier et ses couleurs"),
                (7, "Le lavis et le dégradé"),
                (21, "Mouillé sur mouillé"),
                (45, "Ciels et reflets"),
                (75, "Peindre en plein air"),
            ),
        ),
        ProductPlan(
            "cercle",
            "Le cercle des carnets",
            "Un thème par mois, un rendez-vous en direct et des retours sur vos carnets.",
            _CLOSED,
            _CUT,
            (
                (0, "Le salon des membres"),
                (0, "Les thèmes du mois"),
                (30, "La bibliothèque de modèles"),
                (60, "Les retours personnalisés"),
            ),
        ),
        ProductPlan(
            "portrait",
            "Le portrait au crayon",
            "Construire un visage, trouver la ressemblance.",
            _OPEN,
            _CUT,
            (
                (0, "La construction du visage"),
                (7, "Les yeux et le regard"),
                (30, "Cheveux et matières"),
                (60, "Du modèle à la ressemblance"),
            ),
        ),
        ProductPlan(
            "direct",
            "Les ateliers en direct",
            "Deux soirées par mois avec Claire, et leurs enregistrements.",
            _CLOSED,
            _UNTIL_PAID,
            (
                (0, "Le lien des prochaines soirées"),
                (7, "Les enregistrements de la saison"),
                (45, "Les fiches de préparation"),
            ),
        ),
        ProductPlan(
            "perspective",
            "Perspective et architecture",
            "Rues, façades et intérieurs, à main levée.",
            _CLOSED,
            _UNLOCKED,
            (
                (0, "L’horizon et le point de fuite"),
                (7, "Dessiner une rue"),
                (30, "Escaliers et toitures"),
                (90, "Croquer un intérieur"),
            ),
        ),
    ),
    offers=(
        OfferPlan("bases-mois", "Les bases du dessin, au mois", ("bases",), 29_00),
        OfferPlan("bases-3-fois", "Les bases du dessin, en 3 fois", ("bases",), 69_00, total_cycles=3),
        OfferPlan("aquarelle-mois", "Aquarelle pas à pas, au mois", ("aquarelle",), 34_00),
        OfferPlan(
            "aquarelle-12",
            "Aquarelle pas à pas, engagement de 12 mois",
            ("aquarelle",),
            24_00,
            commitment_cycles=12,
        ),
        OfferPlan("cercle-mois", "Le cercle des carnets, au mois", ("cercle",), 19_00),
        OfferPlan("cercle-an", "Le cercle des carnets, à l’année", ("cercle",), 190_00, Interval.YEAR),
        OfferPlan("portrait-mois", "Le portrait au crayon, au mois", ("portrait",), 27_00),
        OfferPlan("portrait-4-fois", "Le portrait au crayon, en 4 fois", ("portrait",), 59_00, total_cycles=4),
        OfferPlan("direct-trimestre", "Les ateliers en direct, au trimestre", ("direct",), 75_00, interval_count=3),
        OfferPlan("perspective-mois", "Perspective et architecture, au mois", ("perspective",), 25_00),
        OfferPlan(
            "perspective-10-fois", "Perspective et architecture, en 10 fois", ("perspective",), 29_00, total_cycles=10
        ),
        OfferPlan("complete", "Formule complète, dessin et aquarelle", ("bases", "aquarelle"), 49_00),
    ),
)

STUDIO_VOISIN = MerchantPlan(
    slug="studio-voisin",
    name="Studio Voisin",
    client_id="demo-client-voisin",
    client_secret="demo-secret-voisin",  # noqa: S106 - known to the simulator only
    members=(MemberPlan("Odile Voisin", "voisin@kooneo.test", Role.OWNER),),
    products=(
        ProductPlan(
            "guitare",
            "La guitare avec Studio Voisin",
            "Les premiers accords, à votre rythme.",
            _OPEN,
            _UNLOCKED,
            ((0, "Accorder sa guitare, par Odile Voisin"), (30, "Dix chansons, par Odile Voisin")),
        ),
        ProductPlan(
            "chorale",
            "La chorale Voisin en ligne",
            "Chanter ensemble depuis chez soi.",
            _CLOSED,
            _CUT,
            ((0, "Les répétitions Voisin en direct"), (7, "Les partitions Voisin")),
        ),
    ),
    offers=(
        OfferPlan("guitare-mois", "Guitare Voisin, au mois", ("guitare",), 22_00),
        OfferPlan("guitare-5-fois", "Guitare Voisin, en 5 fois", ("guitare",), 39_00, total_cycles=5),
        OfferPlan("chorale-mois", "Chorale Voisin, au mois", ("chorale",), 15_00),
    ),
)

MERCHANTS = (ATELIER_LUMIERE, STUDIO_VOISIN)
