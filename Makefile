# Doorsync: the commands a person needs. `make` alone lists them.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
WORKERS ?= 2
CODE := src tests scripts bench examples
.DEFAULT_GOAL := help
.PHONY: help run test check requirements messages mutants judges bench lock format

help: ## list these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.venv/run.done: requirements/run.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Doorsync needs Python 3.11 or newer: name one with make PYTHON=/path/to/python"; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv || \
	  { rm -rf .venv; echo "Python cannot make a virtual environment here. On Debian run as root: apt-get install python3-venv"; exit 1; }
	@echo "Setting up .venv"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/catalogues.done: $(wildcard src/doorsync/hub/locale/*/LC_MESSAGES/django.po) .venv/run.done
	@$(BIN)/python scripts/catalogues.py
	@touch $@

.venv/dev.done: requirements/dev.txt .venv/run.done
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

run: .venv/run.done .venv/catalogues.done ## start the demo: hub, agent and three virtual terminals
	@exec $(BIN)/doorsync demo

test: .venv/dev.done .venv/catalogues.done ## run all tests on SQLite, then those with a database on PostgreSQL
	@scripts/system-packages
	@echo "On SQLite"
	@$(BIN)/pytest -q -n $(WORKERS) --dist worksteal
	@echo "On PostgreSQL"
	@scripts/postgres $(BIN)/pytest -q -n $(WORKERS) --dist worksteal -m "django_db and not browser and not client"

check: .venv/dev.done .venv/catalogues.done ## check format, lint, types, imports, requirements and house rules
	@$(BIN)/ruff format --check --quiet $(CODE) || { echo "Some files need formatting: make format"; exit 1; }
	@$(BIN)/ruff check --quiet $(CODE)
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports >.venv/imports.log || { cat .venv/imports.log; exit 1; }
	@$(BIN)/python scripts/requirements.py >/dev/null
	@$(BIN)/python scripts/house_rules.py
	@echo "All checks passed"

requirements: .venv/dev.done ## print which tests show which requirement
	@$(BIN)/python scripts/requirements.py

mutants: .venv/dev.done ## put known mistakes into the code and see the tests notice; some of them: only="receipts tick"
	@$(BIN)/python scripts/mutants.py $(only)

messages: .venv/dev.done ## bring the catalogues of the translations up to date with the texts
	@$(BIN)/python scripts/messages.py

judges: .venv/dev.done .venv/catalogues.done ## judge every page with the Nu checker, pa11y and Lighthouse (needs Java 17)
	@scripts/system-packages
	@PYTHONPATH=. $(BIN)/python scripts/judges.py

bench: .venv/dev.done ## run the benchmarks, which print ratios
	@scripts/bench

format: .venv/dev.done ## format the code and mend what the linter can
	@$(BIN)/ruff check --quiet --fix $(CODE) || true
	@$(BIN)/ruff format --quiet $(CODE)

PINS := uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --custom-compile-command "make lock" --quiet

lock: ## compile the hashed pins anew from pyproject.toml
	$(PINS) --extra hub --extra agent -o requirements/run.txt
	$(PINS) --extra hub --extra agent --extra suprema --group dev -o requirements/dev.txt
	$(PINS) --extra hub --constraint requirements/run.txt -o requirements/hub.txt
	$(PINS) --extra agent --constraint requirements/run.txt -o requirements/agent.txt
	$(PINS) --extra agent --extra suprema --constraint requirements/dev.txt -o requirements/agent-suprema.txt
