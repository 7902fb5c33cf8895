"""The WSGI application: `gunicorn app:app`."""

from kooneo import create_app

app = create_app()
