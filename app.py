"""The WSGI application: `gunicorn app:app`."""

import sys

from kooneo import create_app
from kooneo.config import ConfigurationError

_BOOT_ERROR = 3
"""With this, and no other, gunicorn ends instead of starting the process again and again."""

try:
    app = create_app()
except ConfigurationError as error:
    sys.stderr.write(f"{error}\n")
    raise SystemExit(_BOOT_ERROR) from None
