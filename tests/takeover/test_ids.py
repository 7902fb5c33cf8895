"""Ids as people paste them and as programs write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kooneo.takeover.ids import GivenId, NotText, judge, read_file, read_text
from kooneo.takeover.states import Reason

pytestmark = pytest.mark.any_engine


@pytest.mark.parametrize(
    "text",
    [
        "I-ONE I-TWO",
        "I-ONE\nI-TWO\r\n",
        "I-ONE,I-TWO",
        " I-ONE ;\tI-TWO;",
        '"I-ONE","I-TWO"',
        "[I-ONE] (I-TWO)",
        "I-ONE|I-TWO",
    ],
)
def test_separators_are_free(text: str) -> None:
    assert read_text(text) == ["I-ONE", "I-TWO"]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("I-BW452GLLEP1G", GivenId("I-BW452GLLEP1G", None)),
        ("i-bw452gllep1g", GivenId("I-BW452GLLEP1G", None)),
        ("S-OLD1", GivenId("S-OLD1", Reason.OLD_PROFILE)),
        ("P-5ML4271244454362WXNWU5NQ", GivenId("P-5ML4271244454362WXNWU5NQ", Reason.PLAN)),
        ("B-1AB23456CD789012E", GivenId("B-1AB23456CD789012E", Reason.AGREEMENT)),
        ("BA-1AB23456CD789012E", GivenId("BA-1AB23456CD789012E", Reason.AGREEMENT)),
        ("Martin", GivenId("Martin", Reason.MALFORMED)),
        ("I-", GivenId("I-", Reason.MALFORMED)),
        ("I_BW452", GivenId("I_BW452", Reason.MALFORMED)),
        ("../../oauth2/token", GivenId("../../oauth2/token", Reason.MALFORMED)),
        ("I-" + "A" * 49, GivenId("I-" + "A" * 47 + "…", Reason.MALFORMED)),
        ("\u0007", GivenId("?", Reason.MALFORMED)),
    ],
)
def test_each_word_is_an_id_or_has_its_reason(word: str, expected: GivenId) -> None:
    assert judge(word) == expected


EXPORT = (
    "Date;Nom;Identifiant;Montant\n01/01/2026;Martin;I-ONE;49,00\n02/01/2026;Petit;S-OLD;49,00\n03/01/2026;Roux;;\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_of_a_table_the_column_with_the_ids_is_read(encoding: str) -> None:
    assert read_file(EXPORT.replace("Nom", "Prénom").encode(encoding), is_csv=True) == ["I-ONE", "S-OLD"]


def test_a_table_of_one_column_needs_no_heading() -> None:
    assert read_file(b"I-ONE\nI-TWO\nwhat\n", is_csv=True) == ["I-ONE", "I-TWO", "what"]


def test_a_table_without_any_id_is_read_word_by_word() -> None:
    assert read_file(b"a,b\nS-OLD,c\n", is_csv=True) == ["a", "b", "S-OLD", "c"]


def test_a_plain_file_is_read_like_what_is_pasted() -> None:
    assert read_file(b"I-ONE, I-TWO\n", is_csv=False) == ["I-ONE", "I-TWO"]


@pytest.mark.parametrize("content", [b"\x00\x01\x02", b"PK\x03\x04\x00\x00", b"\xff\xfe\x00"])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(NotText):
        read_file(content, is_csv=True)


@given(st.binary(max_size=300), st.booleans())
def test_any_file_is_words_or_refused(content: bytes, is_csv: bool) -> None:
    try:
        words = read_file(content, is_csv=is_csv)
    except NotText:
        return
    for word in words:
        one = judge(word)
        assert 1 <= len(one.text) <= 50
        assert one.text.isprintable()
