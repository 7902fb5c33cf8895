"""The catalogue's pages in every state, for test_pages."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect
from support import builders

from kooneo.accounts.models import Role
from kooneo.catalog.models import Product

from . import steps
from .stack import Stack

TEXT = """# Le papier

Du papier **coton**, 300 g, [chez le fournisseur](https://exemple.test/papier).

### Deux gestes

1. mouiller
2. attendre

- un pinceau
    - rond

> Peu d’eau, beaucoup de patience.

`code` et une adresse si longue qu’elle ne tient sur aucune ligne : https://exemple.test/%s
""" % ("a" * 120)


def _at(path: str, *, role: Role = Role.OWNER) -> Callable[[Page, Stack], Product]:
    """A member in front of a page of one product, whose offer has somebody who cancelled."""

    def state(page: Page, stack: Stack) -> Product:
        merchant = builders.a_merchant()
        product = builders.with_picture(builders.a_product(merchant), "Un carré violet")
        offer = builders.an_offer(product)
        for status in ("cancelled", "active"):
            builders.a_subscription(
                builders.a_customer(merchant), offer=offer, status=status, gateway=builders.Gateway.MANUAL
            )
        content = builders.a_content_with_file(product, name="une-fiche-au-nom-vraiment-tres-long" * 3 + ".txt")
        builders.holds(content, text=TEXT, video_url="https://vimeo.com/1")
        steps.sign_in(page, stack, merchant, role=role)
        page.goto(stack.url + path.format(product=product.id, content=content.id))
        return product

    return state


def _plainly(name: str, path: str, *, role: Role = Role.OWNER) -> Callable[[Page, Stack], None]:
    def state(page: Page, stack: Stack) -> None:
        _at(path, role=role)(page, stack)

    state.__name__ = name
    return state


def _refused(name: str, path: str, button: str, **typed: str) -> Callable[[Page, Stack], None]:
    """A form that was filled in wrongly: its summary has the focus."""

    def state(page: Page, stack: Stack) -> None:
        _at(path)(page, stack)
        for label, text in typed.items():
            page.locator(f"#{label}").fill(text)
        page.get_by_role("button", name=button).click()
        expect(page.get_by_role("alert").first).to_be_focused()

    state.__name__ = name
    return state


def _archived_product(page: Page, stack: Stack) -> None:
    product = _at("/products/{product}/edit")(page, stack)
    page.get_by_role("button", name="Archiver le produit").click()
    page.get_by_role("link", name="Archivés").click()
    page.get_by_role("link", name=product.title).click()
    expect(page.locator(".message").filter(has_text="Ce produit est archivé")).to_be_visible()


def _offer(page: Page, stack: Stack) -> None:
    _at("/products/{product}")(page, stack)
    page.get_by_role("link", name="Modifier « Atelier du mardi »").click()
    expect(page.get_by_label("Montant")).to_be_visible()


def _content_preview(page: Page, stack: Stack) -> None:
    _at("/contents/{content}/edit")(page, stack)
    page.get_by_text("Mettre en forme le texte").click()
    page.get_by_role("button", name="Aperçu du texte").click()
    expect(page.locator("#preview")).to_be_focused()


def _content_file_refused(page: Page, stack: Stack) -> None:
    _at("/contents/{content}/edit")(page, stack)
    sent = {"name": "page.html", "mimeType": "application/pdf", "buffer": b"<script>alert(1)</script>"}
    page.locator("#file").set_input_files(sent)  # type: ignore[arg-type]
    page.get_by_role("button", name="Enregistrer le contenu").click()
    expect(page.locator("#file-error")).to_contain_text("Ce fichier n’est pas accepté")


def _rules_to_confirm(page: Page, stack: Stack) -> None:
    _at("/products/{product}/protected-content")(page, stack)
    page.get_by_role("radio", name=re.compile("^Laisser l’accès au contenu déjà débloqué")).check()
    page.get_by_role("button", name="Enregistrer les règles").click()
    page.get_by_role("button", name="Enregistrer les règles").click()
    expect(page.get_by_role("alert").first).to_be_focused()


STATES = (
    _plainly("catalogue", "/products"),
    _plainly("product_with_picture", "/products/{product}"),
    _archived_product,
    _plainly("new_product", "/products/new"),
    _refused("new_product_refused", "/products/new", "Créer le produit"),
    _plainly("edit_product", "/products/{product}/edit"),
    _plainly("edit_picture", "/products/{product}/picture"),
    _refused("edit_picture_refused", "/products/{product}/picture", "Enregistrer l’image", alt="é" * 201),
    _plainly("new_content", "/products/{product}/contents/new"),
    _refused(
        "edit_content_refused",
        "/contents/{content}/edit",
        "Enregistrer le contenu",
        unlock_after_days="demain",
        video_url="http://exemple.test",
    ),
    _content_preview,
    _content_file_refused,
    _plainly("content", "/contents/{content}"),
    _plainly("content_as_viewer", "/contents/{content}", role=Role.VIEWER),
    _plainly("content_removal", "/contents/{content}/removal"),
    _offer,
    _plainly("new_offer", "/offers/new"),
    _refused("new_offer_refused", "/offers/new", "Créer l’offre", price="vingt"),
    _rules_to_confirm,
)
