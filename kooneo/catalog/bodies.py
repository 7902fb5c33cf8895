"""What a content holds, made ready to be drawn. The text is Markdown; nothing that somebody types becomes markup of theirs."""

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup

from kooneo.catalog.models import Content
from kooneo.files.models import StoredFile

_SCHEMES = ("https", "http", "mailto")
_TAGS = {*("p", "br", "strong", "em", "a", "ul", "ol", "li", "blockquote", "code", "pre", "hr")}
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")

_SITES = {
    "youtube.com": "YouTube",
    "m.youtube.com": "YouTube",
    "youtu.be": "YouTube",
    "vimeo.com": "Vimeo",
    "player.vimeo.com": "Vimeo",
}


@dataclass(frozen=True)
class Video:
    url: str

    @property
    def site(self) -> str:
        """Where it is shown: a name that people know, else the host."""
        host = (urlsplit(self.url).hostname or "").removeprefix("www.")
        return _SITES.get(host, host)


@dataclass(frozen=True)
class Body:
    """Of a content, or of what is being typed."""

    text: Markup
    video: Video | None = None
    file: StoredFile | None = None

    @property
    def empty(self) -> bool:
        return not (self.text or self.video or self.file)


def body_of(content: Content) -> Body:
    """`content.file` must be loaded."""
    return Body(as_html(content.text), Video(content.video_url) if content.video_url else None, content.file)


def as_html(source: str) -> Markup:
    """Stands below one `h1`. Headings begin at `h2` and leave out no level, whatever was typed.

    Two independent guards: the reader makes no markup of raw HTML, and what it made is cleaned against a list of tags.
    """
    made = _markdown.render(source)
    clean = nh3.clean(
        made,
        tags=_TAGS | set(_HEADINGS),
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes=set(_SCHEMES),
        url_relative="deny",
        link_rel="noopener noreferrer",
    )
    return Markup(clean.strip())  # noqa: S704 - cleaned above


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        """Anything else stays as it was typed, for its author to see in the preview."""
        return url.lower().startswith(tuple(f"{scheme}:" for scheme in _SCHEMES))


def _reader() -> MarkdownIt:
    reader = _Markdown("commonmark", {"html": False, "breaks": True, "linkify": True}).enable("linkify")
    # Only what begins with https:// or http:// becomes a link by itself; "fin.Le" is no address.
    if reader.linkify:
        reader.linkify.set({"fuzzy_link": False, "fuzzy_email": False})
    reader.core.ruler.push("headings", _fit_headings)
    reader.add_render_rule("image", _picture_as_link)
    return reader


def _fit_headings(state: StateCore) -> None:
    level = 0
    for token in state.tokens:
        if token.type == "heading_open":
            level = min(int(token.tag[1:]), level + 1, len(_HEADINGS))
        if token.type in ("heading_open", "heading_close"):
            token.tag = _HEADINGS[level - 1]


def _picture_as_link(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, _env: MutableMapping[str, Any]
) -> str:
    """The policy (security.py) lets no picture in from elsewhere: whoever wants it follows the link."""
    address = escapeHtml(str(tokens[index].attrs["src"]))
    return f'<a href="{address}">{escapeHtml(tokens[index].content) or address}</a>'


_markdown = _reader()
