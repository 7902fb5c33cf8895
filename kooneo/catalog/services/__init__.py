"""Changing what is sold, and what stays open: a module for each thing."""

from kooneo.catalog.services.archiving import archive_offer, archive_product, restore_offer, restore_product
from kooneo.catalog.services.contents import (
    ContentDraft,
    FileGone,
    add_content,
    change_content,
    move_content,
    remove_content,
)
from kooneo.catalog.services.offers import change_offer, create_offer
from kooneo.catalog.services.pictures import change_picture, remove_picture
from kooneo.catalog.services.products import change_product, create_product
from kooneo.catalog.services.rules import AppliesTo, change_access_rules

__all__ = [
    "AppliesTo",
    "ContentDraft",
    "FileGone",
    "add_content",
    "archive_offer",
    "archive_product",
    "change_access_rules",
    "change_content",
    "change_offer",
    "change_picture",
    "change_product",
    "create_offer",
    "create_product",
    "move_content",
    "remove_content",
    "remove_picture",
    "restore_offer",
    "restore_product",
]
