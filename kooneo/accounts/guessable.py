"""Passwords that a guessing machine tries early (ASVS 6.2.4): common words, patterns of the keyboard, dates, one thing repeated.

Not a list of leaked passwords: at twelve characters and more nearly all of those are made of such pieces.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

_WORDS = """
abonnement accueil admin administrateur amour anniversaire argent azerty bienvenue bonjour boutique butterfly chocolat client
coucou doudou dragon espace famille football formation france iloveyou jesus jetaime kooneo letmein liverpool login loulou
maison marchand marseille master merci michael monkey motdepasse musique papillon paris password paypal princesse princess
qwerty secret security soleil sunshine superman test tinkerbell toulouse vacances welcome winter summer starwars changeme
"""

_ROWS = ["abcdefghijklmnopqrstuvwxyz", "azertyuiopqsdfghjklmwxcvbn", "qwertyuiopasdfghjklzxcvbnm"]
_ROWS += [row[::-1] for row in _ROWS]
_RUN = 4
"""Neighbours in a row from which on they are no choice of letters any more."""

_FOR_LETTERS = str.maketrans("01345789@$!", "oleastbgasi")
_REPEATED = re.compile(r"(.{1,8}?)\1+\Z", re.DOTALL)
_OWN_WORD = 3
"""Letters that a word of the account has at least: a shorter one stands in too many sentences."""
_LEAST = 5
"""Letters that must be left when all that is taken out."""


def is_guessable(password: str, *, about: Sequence[str] = ()) -> bool:
    """`about`: names and addresses that whoever guesses would know."""
    plain = _fold(password)
    if _REPEATED.match(plain):
        return True
    words = {*_WORDS.split(), *_own_words(about)}
    return any(len(_rest(text, words)) < _LEAST for text in (plain, plain.translate(_FOR_LETTERS)))


def _fold(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _own_words(about: Iterable[str]) -> set[str]:
    found = {word for text in about for word in re.findall(r"[^\W\d_]+", _fold(text))}
    return {word for word in found if len(word) >= _OWN_WORD}


def _rest(text: str, words: set[str]) -> str:
    """The letters that belong to no word and to no run on the keyboard; digits and signs do not count."""
    longest_first = sorted(words, key=len, reverse=True)
    text = re.sub("|".join(map(re.escape, longest_first)), " ", text)
    kept = (letter for at, letter in enumerate(text) if letter.isalpha() and not _in_a_run(text, at))
    return "".join(kept)


def _in_a_run(text: str, at: int) -> bool:
    pieces = (text[start : start + _RUN] for start in range(max(0, at - _RUN + 1), at + 1))
    return any(len(piece) == _RUN and piece in row for piece in pieces for row in _ROWS)
