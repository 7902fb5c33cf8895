"""The catalogue's pages: a module for each thing."""

from kooneo.catalog.views import contents, offers, products, rules
from kooneo.catalog.views.pages import blueprint

__all__ = ["blueprint", "contents", "offers", "products", "rules"]
