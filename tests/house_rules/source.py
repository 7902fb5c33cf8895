"""The product's own source, read as text and as syntax: what the house rules are about."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kooneo.config import ROOT

PACKAGE = ROOT / "kooneo"


@dataclass(frozen=True)
class Module:
    path: Path

    @property
    def name(self) -> str:
        """`kooneo.subscriptions.views`."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def part(self) -> str:
        """`subscriptions`; empty for a file at the package's top."""
        inside = self.path.relative_to(PACKAGE).parts
        return inside[0] if len(inside) > 1 else ""

    @property
    def layer(self) -> str:
        """`views`, `services`, `queries`…: the file, or the folder that a long file became."""
        inside = self.path.relative_to(PACKAGE).with_suffix("").parts
        return inside[1] if len(inside) > 1 else inside[0]

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text())

    def imports(self) -> Iterator[str]:
        """Every module that is imported here, at the top or inside a function, and every name of a package's."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self.name}: write the import out, beginning with kooneo"
                yield node.module or ""
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def modules() -> tuple[Module, ...]:
    """Without the migrations, which are history."""
    found = sorted(PACKAGE.rglob("*.py"))
    return tuple(Module(path) for path in found if "migrations" not in path.relative_to(PACKAGE).parts)


@cache
def templates() -> tuple[Path, ...]:
    return tuple(sorted((PACKAGE / "templates").rglob("*.html")))
