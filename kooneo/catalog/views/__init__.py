"""The catalogue's pages: a module for each thing."""

from kooneo.catalog.views import content_forms, contents, offers, pictures, products, rules
from kooneo.catalog.views.pages import blueprint

__all__ = ["blueprint", "content_forms", "contents", "offers", "pictures", "products", "rules"]
