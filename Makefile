# Everything a newcomer or a build machine needs; `make` alone lists it.
# Needs Python 3.11 or later and make; Node comes from a Python package.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
NPM := PATH="$(abspath $(BIN)):$$PATH" $(abspath $(BIN))/npm --prefix web --no-fund --no-audit
FRONT := src/hereabouts/static/hereabouts/app/manifest.json
FRONT_SOURCES := $(shell find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*' 2>/dev/null)
CATALOGUES := $(wildcard src/hereabouts/locale/*/LC_MESSAGES/django.po)

.DEFAULT_GOAL := help
.PHONY: help setup demo serve test test-python test-front check bench lock translations reference screens clean dev

help: ## List these targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- set-up -------------------------------------------------------------------------------------

$(STAMPS)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] <= (3, 14) else "Hereabouts needs Python 3.11 to 3.14; name one with make PYTHON=python3.12")'
	@echo "Creating the environment …"
	@$(PYTHON) -m venv $(VENV) && mkdir -p $(STAMPS) && touch $@

$(STAMPS)/node: $(STAMPS)/venv requirements/build.txt
	@echo "Installing the build tools (Node among them) …"
	@$(PIP) install --require-hashes -r requirements/build.txt && touch $@

$(STAMPS)/run: $(STAMPS)/node requirements/run.txt pyproject.toml
	@echo "Installing the Python packages …"
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation --editable . && touch $@

$(STAMPS)/npm: $(STAMPS)/node web/package-lock.json
	@echo "Installing the front end's packages …"
	@$(NPM) ci --silent && touch $@

$(STAMPS)/dev: $(STAMPS)/run requirements/dev.txt
	@echo "Installing the developer's tools …"
	@$(PIP) install --require-hashes -r requirements/dev.txt && touch $@

$(FRONT): $(STAMPS)/npm $(FRONT_SOURCES)
	@echo "Building the front end …"
	@$(NPM) run --silent build && touch $@

$(STAMPS)/catalogues: $(STAMPS)/run $(CATALOGUES)
	@$(BIN)/python tools/translations.py compile && touch $@

setup: $(STAMPS)/venv ## Prepare .venv with the command hereabouts, and build the front end
	@$(MAKE) --no-print-directory -j2 $(STAMPS)/run $(STAMPS)/npm
	@$(MAKE) --no-print-directory $(FRONT) $(STAMPS)/catalogues

dev: setup $(STAMPS)/dev ## Prepare everything a developer needs as well

# --- use ----------------------------------------------------------------------------------------

demo: setup ## Start an invented town in your browser
	@$(BIN)/hereabouts demo

serve: setup ## Serve the installation in HEREABOUTS_HOME
	@$(BIN)/hereabouts serve

# --- work ---------------------------------------------------------------------------------------

test: dev ## Run the whole test suite, on PostgreSQL and on SQLite
	@sh tools/browser.sh
	@sh tools/mosquitto.sh
	@$(MAKE) --no-print-directory test-front
	@echo "== PostgreSQL =="
	@HEREABOUTS_TEST_DATABASE=postgres $(BIN)/python -m pytest -n 2 --dist loadgroup -m "not browser and not once"
	@echo "== SQLite, with the browser journeys and the rules that need no database =="
	@HEREABOUTS_TEST_DATABASE=sqlite $(BIN)/python -m pytest -n 2 --dist loadgroup

test-front: dev ## Run the front end's own tests
	@$(NPM) run --silent test

check: dev ## Run every static check
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/deptry .
	@$(BIN)/codespell
	@$(BIN)/python tools/translations.py check
	@$(BIN)/python tools/reference.py --check
	@$(BIN)/python tools/locks.py
	@$(NPM) run --silent check

bench: dev ## Print the figures of speed and size, each beside a reference of the same run
	@$(BIN)/python -m bench

reference: dev ## Write docs/reference from the code
	@$(BIN)/python tools/reference.py

translations: dev ## Bring the catalogues up to the text in the code
	@$(BIN)/python tools/translations.py extract
	@$(BIN)/python tools/translations.py update

screens: dev ## Take the screenshots in docs/screens
	@sh tools/browser.sh
	@$(BIN)/python tools/screenshots.py

lock: dev ## Work out the locked requirements anew
	@$(BIN)/python tools/locks.py --write

clean: ## Remove the environment and what was built; the installation in ./var stays
	rm -rf $(VENV) web/node_modules src/hereabouts/static/hereabouts/app dist
