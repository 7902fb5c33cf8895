"""PayPal keys as they are typed."""

import re

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, PasswordField, RadioField, StringField
from wtforms.validators import StopValidation

from kooneo.language import gettext as _
from kooneo.paypal import Credentials, Environment
from kooneo.settings.models import PayPalAccount

CLIENT_ID_LENGTH, SECRET_LENGTH = 120, 200

ENVIRONMENTS = {"sandbox": Environment.SANDBOX, "production": Environment.LIVE}
"""As the form says them."""


def _pasted(text: str | None) -> str:
    """Copying often takes a space or a line's end along."""
    return (text or "").strip()


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """What matters most is confirmed with the password of the person who is signed in."""

    password = PasswordField()

    def validate_password(self, field: Field) -> None:
        if not field.data:
            raise StopValidation(_("Tapez votre mot de passe Kooneo pour confirmer."))


class KeysForm(PasswordForm):
    """`trying` keys keeps nothing, so it needs no password; and no secret when the kept keys are meant."""

    client_id = StringField(filters=[_pasted])
    client_secret = PasswordField(filters=[_pasted])
    environment = RadioField(validate_choice=False)
    replace_anyway = BooleanField()

    trying = False
    kept: PayPalAccount | None = None

    def validate_client_id(self, field: Field) -> None:
        _check_key(field, _("Collez le Client ID de votre application PayPal."), CLIENT_ID_LENGTH)

    def validate_client_secret(self, field: Field) -> None:
        if self.means_kept_keys:
            return
        _check_key(field, _("Collez le Secret de la même application PayPal."), SECRET_LENGTH)

    def validate_environment(self, field: Field) -> None:
        if field.data not in ENVIRONMENTS:
            raise StopValidation(_("Choisissez Test ou Production."))

    def validate_password(self, field: Field) -> None:
        if not self.trying:
            super().validate_password(field)

    @property
    def means_kept_keys(self) -> bool:
        """Their secret is not typed again to try them."""
        environment = ENVIRONMENTS.get(self.environment.data)
        if not self.trying or self.client_secret.data or self.kept is None or environment is None:
            return False
        return self.kept.is_of(self.client_id.data, environment)

    @property
    def credentials(self) -> Credentials:
        return Credentials(self.client_id.data, self.client_secret.data, ENVIRONMENTS[self.environment.data])


def _check_key(field: Field, missing: str, longest: int) -> None:
    if not field.data:
        raise StopValidation(missing)
    # A colon would end the Client ID where the two are sent together.
    if len(field.data) > longest or not re.fullmatch(r"[!-9;-~]+", field.data):
        raise StopValidation(_("Ce n'est pas une clé de PayPal : copiez-la de nouveau, entière et seule."))
