"""Behind https the cookie and the headers say so."""

from dataclasses import replace

from flask import Flask
from support.running import running_app


def test_the_cookie_is_bound_to_the_host_and_to_https(app: Flask) -> None:
    with running_app(replace(app.config["SETTINGS"], base_url="https://kooneo.example")) as secure:
        response = secure.test_client().get("/login", base_url="https://kooneo.example")
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-kooneo_office=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert response.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_without_https_nothing_promises_it(app: Flask) -> None:
    response = app.test_client().get("/login")
    assert "Strict-Transport-Security" not in response.headers
    assert "Secure" not in response.headers["Set-Cookie"]


def test_the_policy_with_the_cdn_names_the_one_file(app: Flask) -> None:
    with running_app(replace(app.config["SETTINGS"], htmx="cdn")) as with_cdn:
        policy = with_cdn.test_client().get("/login").headers["Content-Security-Policy"]
    assert "script-src 'self' https://cdn.jsdelivr.net/npm/htmx.org@2.0.10/dist/htmx.min.js;" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
