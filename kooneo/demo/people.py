"""People of the demo. Names and e-mails follow from a number, so that the same number is always the same person."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count, product

from kooneo.text import fold

_GIVEN_NAMES = """
Adèle Agathe Aïcha Alain Alban Alexandre Alice Aline Amandine Amélie André Anaïs Anne Anne-Laure Anne-Sophie Antoine
Apolline Arnaud Arthur Aude Aurélien Baptiste Béatrice Benoît Bérénice Bernard Brigitte Bruno Capucine Cécile Céline
Chantal Charlotte Chloé Christian Clémence Clément Corentin Damien Daniel David Delphine Denis Diane Dominique Édith
Éléonore Élise Élodie Émile Émilie Emmanuel Éric Estelle Étienne Fabien Fanny Fatima Florence Francis François
Françoise Frédéric Gaëlle Geneviève Georges Gérard Ghislaine Grégoire Guillaume Gwenaëlle Hadrien Hélène Henri Hugo
Inaya Irène Isabelle Ismaël Jacqueline Jean-Baptiste Jean-Marc Jean-Pierre Jérôme Joëlle Joséphine Judith Jules
Juliette Karim Laëtitia Laure Laurent Léa Léonie Loïc Louise Lucas Lucie Ludovic Madeleine Maëlle Marc Margaux
Marie-Claude Marie-Hélène Marion Mathieu Maxime Mehdi Mélanie Michel Mireille Monique Nadia Nathalie Nicolas Noémie
Odile Olivier Pascale Patrice Philippe Pierre-Yves Quentin Raphaël Régine Rémi Romane Roxane Sandrine Sébastien
Séverine Solène Sophie Stéphane Sylvie Théo Thérèse Thibault Tristan Valérie Victor Violaine Xavier Yann Yasmine Zoé
"""

_FAMILY_NAMES = """
Adam|Allard|Amrani|Arnaud|Aubert|Aubry|Bailly|Barbier|Baron|Barthélemy|Baudry|Bazin|Belkacem|Benali|Benoît|Béranger|Berger
Bertin|Bertrand|Besnard|Besson|Bigot|Blanchard|Blondel|Bodin|Bonnet|Bouchet|Boucher|Boulanger|Bourgeois|Bouvier|Brunet
Camus|Carpentier|Chauvin|Chevallier|Clément|Colas|Collet|Cordier|Coulibaly|Courtois|Cousin|Da Silva|Daniel|de Villeneuve
de La Tour|Delacroix|Delaunay|Delmas|Deschamps|Descamps|Devaux|Diallo|du Plessis|Dubois-Martin|Ducasse|Dumas|Dupuis|Durand
El Amrani|Étienne|Evrard|Fabre|Faure|Fernandez|Ferrand|Fleury|Fouquet|Fournier|François|Gaillard|Garnier|Gauthier
Georges|Gérard|Germain|Giraud|Grégoire|Grondin|Guérin|Guichard|Guillou|Hamon|Hébert|Hernandez|Hoarau|Huet|Humbert|Imbert
Jacquet|Jacob|Joly|Jourdan|Kerdoncuff|Klein|Lacroix|Lagarde|Lambert|Langlois|Laporte|Laroche|Lebrun|Le Bihan|Le Gall
Le Goff|Le Roux|Leclercq|Lefèvre|Lefebvre-Roy|Legrand|Lejeune|Lemaître|Lemoine|Lesage|Lévêque|Loiseau|Lopez|Maillard
Mallet|Marchal|Maréchal|Marty|Mathieu|Maurice|Mendès|Mercier|Meunier|Meyer|Millet|Monnier|Moreau|Morel-Vidal|Morvan
Moulin|Muller|Navarro|Nguyen|Noël|Olivier|Ollivier|Pasquier|Pelletier|Pereira|Perret|Perrin|Philippe|Picard|Pichon
Poirier|Prévost|Rault|Raymond|Régnier|Rémy|Renault|Rey|Richard-Colin|Rivière|Robin|Rocher|Rodriguez|Rolland|Rossi
Rousseau|Roussel|Saint-Martin|Salmon|Sánchez|Schmitt|Sylla|Tanguy|Tessier|Texier|Thibault|Traoré|Tran|Vallée|Valentin
Vasseur|Verdier|Vidal|Villard|Weber|Zimmermann
"""

# Before every other one in the order of names, whoever joins later (tests/demo/test_people.py).
FIRST_FAMILY_NAME = "Abadie"


@dataclass(frozen=True)
class Person:
    given_name: str
    family_name: str
    email: str

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"


def everybody() -> Iterator[Person]:
    """Without end and without a repeated e-mail: once every name is taken, namesakes get a number in theirs."""
    for round_number in count(1):
        for given, family in _names():
            yield person(given, family, "" if round_number == 1 else str(round_number))


def person(given: str, family: str, suffix: str = "") -> Person:
    return Person(given, family, f"{_address_part(given)}.{_address_part(family)}{suffix}@client.test")


def _address_part(name: str) -> str:
    return fold(name).replace(" ", "")


@cache
def _names() -> list[tuple[str, str]]:
    families = [name for line in _FAMILY_NAMES.split("\n") for name in line.split("|") if name]
    names = list(product(_GIVEN_NAMES.split(), families))
    random.Random("kooneo").shuffle(names)  # noqa: S311 - the same order every time is what is wanted
    return names
