"""What the demo's contents hold. The other contents are empty yet, as in a shop that is being set up."""

from dataclasses import dataclass

from kooneo.demo import artwork


@dataclass(frozen=True)
class FilePlan:
    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True)
class BodyPlan:
    text: str = ""
    video_url: str = ""
    file: FilePlan | None = None


_CRAYON = """\
Un crayon se tient **loin de la mine** : c’est l’épaule qui dessine, pas les doigts.

## Pour commencer

1. Fixez votre feuille et asseyez-vous à une longueur de bras.
2. Tracez vingt lignes *sans appuyer*, d’un bord à l’autre.
3. Recommencez les yeux mi-clos : ne cherchez que les grandes masses.

> Regardez le modèle plus longtemps que votre feuille.

Imprimez le quadrillage ci-dessous : il sert aussi à la leçon suivante.
"""

_PROPORTIONS = """\
Trois mesures suffisent pour placer un objet :

- sa **hauteur**, prise au crayon, bras tendu ;
- sa **largeur**, comparée à cette hauteur ;
- son **inclinaison**, lue contre une verticale.

La démonstration dure onze minutes ; gardez un carnet à portée de main.
"""

_PAPIER = """\
Le papier compte plus que les couleurs. Prenez un papier *100 % coton*, de **300 g/m²**.

## Six couleurs pour débuter

- jaune citron et jaune de cadmium
- rouge de quinacridone et vermillon
- bleu de phtalocyanine et outremer

La liste du matériel, avec les prix relevés au printemps, est jointe à cette leçon.
"""

_SALON = """\
Bienvenue au cercle. Chaque premier lundi, un thème ; chaque dernier jeudi, un rendez-vous en direct.

Montrez vos pages quand vous voulez, même ratées : **c’est là que l’on apprend.**
"""

_MATERIEL = """\
Article;Format;Quantité;Prix relevé
Papier coton 300 g/m², grain fin;24 x 32 cm;1 bloc;21,90 €
Pinceau rond, n° 8;;1;12,50 €
Jaune citron;demi-godet;1;5,80 €
Outremer;demi-godet;1;5,80 €
Rouge de quinacridone;demi-godet;1;7,20 €
"""

BODIES = {
    ("bases", 1): BodyPlan(
        _CRAYON, file=FilePlan("Quadrillage à imprimer.pdf", "application/pdf", artwork.grid_sheet())
    ),
    ("bases", 2): BodyPlan(_PROPORTIONS, "https://vimeo.com/76979871"),
    ("aquarelle", 1): BodyPlan(_PAPIER, file=FilePlan("Matériel d’aquarelle.csv", "text/csv", _MATERIEL.encode())),
    ("aquarelle", 2): BodyPlan(video_url="https://www.youtube.com/watch?v=aqz-KE-bpKQ"),
    ("bases", 3): BodyPlan("Éclairez une boîte et une pomme par le côté. Cherchez **cinq gris**, du papier au noir."),
    ("bases", 4): BodyPlan(
        "Trois objets, une nappe, une seule lumière. Dessinez d’abord les *vides* entre les objets."
    ),
    ("bases", 5): BodyPlan("Découpez deux équerres de carton : elles cadrent le motif avant le premier trait."),
    ("aquarelle", 3): BodyPlan(
        "Mouillez, attendez que le brillant s’éteigne, puis posez la couleur et n’y touchez plus."
    ),
    ("aquarelle", 4): BodyPlan(
        "Un ciel se peint en *trois minutes*. Préparez donc vos trois mélanges avant de mouiller."
    ),
    ("cercle", 1): BodyPlan(_SALON),
    ("cercle", 2): BodyPlan("- octobre : les mains\n- novembre : les arbres sans feuilles\n- décembre : la table mise"),
    ("cercle", 3): BodyPlan("Vingt poses de deux minutes, à dessiner sans gommer."),
    ("portrait", 1): BodyPlan("Un œuf, une croix, quatre repères : la tête tient en sept traits."),
    ("portrait", 2): BodyPlan("Le regard vient de la *paupière*, pas de l’iris. Commencez par son ombre."),
    ("direct", 1): BodyPlan("La prochaine soirée : un jeudi, à 20 h 30. Le lien vous parvient la veille."),
    ("perspective", 1): BodyPlan(
        "Tenez votre crayon à plat devant les yeux : c’est votre horizon, debout comme assis."
    ),
    ("perspective", 2): BodyPlan("Une façade, deux fuyantes, une porte pour donner l’échelle."),
}
"""By product and place in it."""
