from itertools import islice

from kooneo.demo import people
from kooneo.text import fold


def test_nobody_shares_an_address_however_many_there_are() -> None:
    emails = [person.email for person in islice(people.everybody(), 60_000)]
    assert len(set(emails)) == len(emails)


def test_addresses_are_plain_and_names_are_not() -> None:
    everybody = list(islice(people.everybody(), 3_000))
    assert all(person.email.isascii() and " " not in person.email for person in everybody)
    assert any(not person.name.isascii() for person in everybody)
    assert any("-" in person.family_name for person in everybody)
    assert any(person.family_name.startswith(("de ", "du ", "Le ")) for person in everybody)


def test_the_same_people_come_every_time() -> None:
    assert list(islice(people.everybody(), 50)) == list(islice(people.everybody(), 50))


def test_the_first_family_name_stays_first() -> None:
    families = {fold(person.family_name) for person in islice(people.everybody(), 30_000)}
    assert all(fold(people.FIRST_FAMILY_NAME) < family for family in families)


def test_nobody_is_called_like_the_other_merchants_people() -> None:
    assert not any("voisin" in fold(person.name) for person in islice(people.everybody(), 30_000))
