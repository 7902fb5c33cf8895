"""Just enough of an HTML reader to ask a page what it says. It refuses tags that do not fit together."""

from collections.abc import Callable, Iterator
from html.parser import HTMLParser

_VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
UNSEEN = frozenset({"script", "style", "title", "template"})


class Element:
    def __init__(self, tag: str, attributes: dict[str, str], parent: "Element | None") -> None:
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.children: list[Element | str] = []

    def __getitem__(self, attribute: str) -> str:
        return self.attributes[attribute]

    def get(self, attribute: str) -> str:
        return self.attributes.get(attribute, "")

    def inside(self) -> Iterator["Element"]:
        """Every element below, in the order of the page."""
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.inside()

    def find_all(self, tag: str = "", **attributes: str | None) -> list["Element"]:
        """`data_x="…"` means data-x; None means that the attribute is there, `cls` one of the classes."""
        return [element for element in self.inside() if _matches(tag, attributes)(element)]

    def find(self, tag: str = "", **attributes: str | None) -> "Element":
        found = self.find_all(tag, **attributes)
        assert found, f"no <{tag or '*'} {attributes}> in the page"
        return found[0]

    def by_id(self, element_id: str) -> "Element":
        return self.find(id=element_id)

    @property
    def text(self) -> str:
        """What a person reads, with runs of ordinary white space as one space."""
        return " ".join(part for part in "".join(_texts(self)).replace("\n", " ").split(" ") if part)

    def texts(self) -> list[str]:
        """Piece by piece, as they stand in the source."""
        return list(_texts(self))

    def ancestors(self) -> Iterator["Element"]:
        element = self.parent
        while element is not None:
            yield element
            element = element.parent


def _matches(tag: str, attributes: dict[str, str | None]) -> Callable[[Element], bool]:
    wanted = {name.replace("_", "-"): value for name, value in attributes.items()}
    cls = wanted.pop("cls", None)

    def matches(element: Element) -> bool:
        if (tag and element.tag != tag) or (cls and cls not in element.get("class").split()):
            return False
        return all(
            name in element.attributes and (value is None or element[name] == value) for name, value in wanted.items()
        )

    return matches


def _texts(element: Element) -> Iterator[str]:
    for child in element.children:
        if isinstance(child, str):
            yield child
        elif child.tag not in UNSEEN:
            yield from _texts(child)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.open = Element("", {}, None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs}, self.open)
        self.open.children.append(element)
        if tag not in _VOID:
            self.open = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.tag == tag, f"</{tag}> ends <{self.open.tag} {self.open.attributes}>"
        assert self.open.parent is not None
        self.open = self.open.parent

    def handle_data(self, data: str) -> None:
        self.open.children.append(data)


def read(source: str) -> Element:
    reader = _Reader()
    reader.feed(source)
    reader.close()
    assert reader.open is reader.root, f"<{reader.open.tag} {reader.open.attributes}> is never closed"
    return reader.root
