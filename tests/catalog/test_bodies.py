"""What is typed as a content's text, and what may become of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.html import Element, read

from kooneo.catalog.bodies import Video, as_html
from kooneo.text import clean_lines

from .hostile import PAYLOADS

pytestmark = pytest.mark.any_engine

_TAGS = {*("p", "br", "strong", "em", "a", "ul", "ol", "li", "blockquote", "code", "pre", "hr")}
_TAGS |= {"h2", "h3", "h4", "h5", "h6"}
_ATTRIBUTES = {"a": {"href", "title", "rel"}, "ol": {"start"}}


def _is_harmless(html: str) -> Element:
    page = read(html)
    for element in page.inside():
        assert element.tag in _TAGS
        assert set(element.attributes) <= _ATTRIBUTES.get(element.tag, set())
        if element.tag == "a":
            assert element["rel"] == "noopener noreferrer"
            href = element.get("href").lower()
            assert not href or href.startswith(("https:", "http:", "mailto:")), href
    return page


@pytest.mark.parametrize("source", PAYLOADS)
def test_no_payload_becomes_more_than_text_and_links(source: str) -> None:
    _is_harmless(as_html(source))


_PIECES = st.sampled_from(
    [*PAYLOADS, "[", "](", ")", "<", ">", "`", "\n", "    ", "# ", "> ", "- ", "*", "_", "&", ";", '"', "'", "\\", "!["]
)


@given(st.lists(_PIECES | st.text(max_size=12), max_size=24).map("".join))
def test_whatever_is_typed_stays_harmless(source: str) -> None:
    _is_harmless(as_html(clean_lines(source)))


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("Du **gras** et de l’*italique*", "<p>Du <strong>gras</strong> et de l’<em>italique</em></p>"),
        ("un\ndeux\n\ntrois", "<p>un<br>\ndeux</p>\n<p>trois</p>"),
        ("- un\n- deux", "<ul>\n<li>un</li>\n<li>deux</li>\n</ul>"),
        ("3. trois", '<ol start="3">\n<li>trois</li>\n</ol>'),
        ("<b>a & b</b>", "<p>&lt;b&gt;a &amp; b&lt;/b&gt;</p>"),
        ("fin.Le reste", "<p>fin.Le reste</p>"),
        ("", ""),
    ],
)
def test_what_markdown_means(source: str, html: str) -> None:
    assert as_html(source) == html


@pytest.mark.parametrize(
    ("source", "levels"),
    [
        ("# a\n## b\n### c", ["h2", "h3", "h4"]),
        ("### a\n# b\n###### c", ["h2", "h2", "h3"]),
        ("# 1\n## 2\n### 3\n#### 4\n##### 5\n###### 6", ["h2", "h3", "h4", "h5", "h6", "h6"]),
    ],
)
def test_headings_begin_below_the_pages_own_and_leave_out_no_level(source: str, levels: list[str]) -> None:
    assert [element.tag for element in read(as_html(source)).inside()] == levels


@pytest.mark.parametrize("address", ["https://exemple.test/a?b=c", "http://exemple.test", "mailto:a@exemple.test"])
def test_an_absolute_link_leads_out_and_tells_nothing_of_the_page(address: str) -> None:
    link = read(as_html(f"[ici]({address})")).find("a")
    assert (link["href"], link["rel"], link.text) == (address, "noopener noreferrer", "ici")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "/logout", "//exemple.test", "../x", "ftp://exemple.test"])
def test_another_address_stays_as_it_was_typed(address: str) -> None:
    page = read(as_html(f"[ici]({address})"))
    assert not page.find_all("a")
    assert page.text == f"[ici]({address})"


def test_a_picture_from_elsewhere_is_a_link() -> None:
    link = read(as_html("![Un « chat »](https://exemple.test/chat.png)")).find("a")
    assert (link["href"], link.text) == ("https://exemple.test/chat.png", "Un « chat »")


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("https://www.youtube.com/watch?v=1", "YouTube"),
        ("https://youtu.be/1", "YouTube"),
        ("https://vimeo.com/1", "Vimeo"),
        ("https://youtube.com.ailleurs.test/1", "youtube.com.ailleurs.test"),
        ("https://videos.exemple.test/1", "videos.exemple.test"),
    ],
)
def test_the_site_of_a_video_is_its_host(address: str, site: str) -> None:
    assert Video(address).site == site


def test_lines_keep_their_indents_and_lose_what_cannot_be_printed() -> None:
    assert clean_lines("\r\n- un\r\n    - deux \x00\u202e\r\n\r\nfin\u00a0!\n\n") == "- un\n    - deux\n\nfin\u00a0!"
    assert clean_lines(None) == ""
