# `make` lists what there is.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= python3
export PYTHON

BIN := .venv/bin
# Named by the content of the lock: .venv is brought up to date when that changes, and only then.
RUNTIME := .venv/.runtime-$(shell cksum < requirements.lock | tr ' ' .)
DEV := .venv/.dev-$(shell cksum < requirements-dev.lock | tr ' ' .)
HTMX := kooneo/static/vendor/htmx-$(shell sed -n 's/^HTMX_VERSION = "\(.*\)"/\1/p' kooneo/htmx.py).min.js
COMPILE = $(UV) pip compile --universal --generate-hashes --no-annotate --no-header -q --python-version 3.11 pyproject.toml
UV := $(shell command -v uv || echo .cache/uv/bin/uv)
PYTEST = KOONEO_TEST_REQUIRE_ALL=1 $(BIN)/python -m pytest -n 2

.PHONY: help demo demo-reset install test bench faults picture lint types lock clean

help: ## List these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

demo: $(RUNTIME) $(HTMX) ## Run everything on this machine, with two merchants to look at
	@exec $(BIN)/python -m flask --app app demo

demo-reset: $(RUNTIME) ## Erase the demo's data and make it anew (a running demo must be ended first)
	@exec $(BIN)/python -m flask --app app demo --reset

install: $(RUNTIME) $(HTMX) ## Install what a server needs into .venv

test: $(DEV) $(HTMX) ## Check everything: style, types, and the tests on SQLite and on PostgreSQL
	tools/install_test_system.sh
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	KOONEO_TEST_ENGINE=sqlite $(PYTEST)
	KOONEO_TEST_ENGINE=postgresql $(PYTEST) -m "not any_engine"

SEED ?= 1
FAULTS ?= 100000
KILLS ?= 1000
ON_ENGINE = PYTHONPATH=tests KOONEO_TEST_ENGINE=

bench: $(DEV) $(HTMX) ## Measure what a hanging PayPal costs everybody else, as ratios, on both databases
	tools/install_test_system.sh
	$(ON_ENGINE)sqlite $(BIN)/python -m bench
	$(ON_ENGINE)postgresql $(BIN)/python -m bench

faults: $(DEV) $(HTMX) ## Have everything go wrong on both databases and draw docs/reliability.md (hours; FAULTS=5000 KILLS=20 for less)
	tools/install_test_system.sh
	rm -f .cache/faults/faults-*.json .cache/faults/kills-*.json
	$(ON_ENGINE)sqlite $(BIN)/python -m faults --keep --seed $(SEED) --faults $(FAULTS)
	$(ON_ENGINE)postgresql $(BIN)/python -m faults --keep --seed $(SEED) --faults $(FAULTS)
	$(ON_ENGINE)sqlite $(BIN)/python -m faults.kills --keep --seed $(SEED) --kills $(KILLS)
	$(ON_ENGINE)postgresql $(BIN)/python -m faults.kills --keep --seed $(SEED) --kills $(KILLS)
	$(ON_ENGINE)sqlite $(BIN)/python -m faults --write

picture: $(DEV) $(HTMX) ## Take the README's picture of a customer's record anew
	KOONEO_PICTURE=1 $(BIN)/python -m pytest -q tests/e2e/test_picture.py

lint: $(DEV) ## Check the style, mend what can be mended, draw the README anew
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/python tools/draw_statuses.py

types: $(DEV) ## Check the types
	$(BIN)/mypy

lock: $(UV) ## Choose the versions of all dependencies anew, within pyproject.toml
	$(COMPILE) -o requirements.lock
	$(COMPILE) --group dev -c requirements.lock -o requirements-dev.lock

clean: ## Remove what can be made again, .venv included; the demo's data stays
	rm -rf .venv .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis kooneo/static/vendor test-results

$(RUNTIME):
	@tools/make_venv.sh requirements.lock $@

$(DEV): | $(RUNTIME)
	@tools/make_venv.sh requirements-dev.lock $@

$(HTMX): | $(RUNTIME)
	@$(BIN)/python tools/fetch_htmx.py

.cache/uv/bin/uv:
	$(PYTHON) -m venv .cache/uv
	.cache/uv/bin/python -m pip install -qq --disable-pip-version-check uv
