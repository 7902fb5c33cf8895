"""`flask paypal import`."""

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from support import paypal
from support.builders import a_merchant, client_id_of

from kooneo.accounts.models import Merchant
from kooneo.cli import paypal as group

from .acting import begin, lives_at_paypal, rows_of


@pytest.fixture
def merchant(app: Flask) -> Merchant:
    assert app
    return a_merchant()


def run(app: Flask, *arguments: str) -> Result:
    with app.app_context():
        return app.test_cli_runner().invoke(group, ["import", *arguments])


def test_it_reads_and_takes_over(app: Flask, merchant: Merchant) -> None:
    lives_at_paypal(merchant)
    lives_at_paypal(merchant)
    result = run(app, "--merchant", merchant.slug)
    assert result.exit_code == 0
    assert "2 abonnements trouvés\u00a0: 2 en cours" in result.output
    assert result.output.endswith("2 abonnements repris\n")
    assert rows_of(merchant)["subscriptions"] == 2


def test_a_dry_run_only_tells(app: Flask, merchant: Merchant) -> None:
    lives_at_paypal(merchant)
    result = run(app, "--merchant", merchant.slug, "--dry-run")
    assert result.exit_code == 0
    assert "1 abonnement trouvé" in result.output
    assert rows_of(merchant)["subscriptions"] == 0
    assert run(app, "--merchant", merchant.slug).exit_code == 0


def test_ids_of_a_file_and_those_that_are_left_out(app: Flask, merchant: Merchant, tmp_path: Path) -> None:
    file = tmp_path / "ids.csv"
    file.write_text(f"Abonnement\n{lives_at_paypal(merchant)}\nS-OLD\n")
    result = run(app, "--merchant", merchant.slug, "--ids", str(file))
    assert result.exit_code == 3
    assert "S-OLD: Profil récurrent ancien" in result.output
    assert rows_of(merchant)["subscriptions"] == 1


def test_what_stopped_it_is_an_error(app: Flask, merchant: Merchant) -> None:
    paypal.fails_for_keys(client_id_of(merchant), "list", "404", times=0)
    result = run(app, "--merchant", merchant.slug)
    assert result.exit_code == 1
    assert "PayPal ne donne pas la liste" in result.output


def test_what_cannot_begin_is_an_error(app: Flask, merchant: Merchant, tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.write_text("")
    begin(merchant)
    without_keys = a_merchant(keys=False)
    for arguments, sentence in (
        (["nobody"], "no merchant has the slug"),
        ([without_keys.slug], "no PayPal keys"),
        ([merchant.slug], "unfinished"),
        ([merchant.slug, "--ids", str(empty)], "holds 0 ids"),
    ):
        result = run(app, "--merchant", *arguments)
        assert (result.exit_code, sentence in result.output) == (1, True)
