"""A product: its words, and when it is made both access rules."""

from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField

from kooneo.catalog.forms.checks import KeyedForm, one_of, optional_text, text_of
from kooneo.catalog.models import AccessAfterCancellation, AccessAfterCompletion, AccessRules
from kooneo.catalog.services import AppliesTo
from kooneo.text import clean

TITLE_LENGTH = 120
DESCRIPTION_LENGTH = 500


class ProductForm(FlaskForm):  # type: ignore[misc]
    title = StringField(validators=text_of("Donnez un titre au produit.", at_most=TITLE_LENGTH), filters=[clean])
    description = TextAreaField(validators=optional_text(at_most=DESCRIPTION_LENGTH), filters=[clean])


class AccessRulesForm(FlaskForm):  # type: ignore[misc]
    access_after_completion = RadioField(
        validators=one_of(AccessAfterCompletion, "Choisissez ce qui reste ouvert après la fin."), validate_choice=False
    )
    access_after_cancellation = RadioField(
        validators=one_of(AccessAfterCancellation, "Choisissez ce qui reste ouvert après l'annulation."),
        validate_choice=False,
    )

    @property
    def rules(self) -> AccessRules:
        return AccessRules(
            AccessAfterCompletion(self.access_after_completion.data),
            AccessAfterCancellation(self.access_after_cancellation.data),
        )


class NewProductForm(KeyedForm, ProductForm, AccessRulesForm):
    pass


class ConfirmationForm(AccessRulesForm):
    """The same rules, and whom they are for."""

    applies_to = RadioField(
        validators=one_of(AppliesTo, "Choisissez à quels abonnements les nouvelles règles s'appliquent."),
        validate_choice=False,
    )
