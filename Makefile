# Doorsync: the commands a person needs. `make` alone lists them.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help run test check requirements bench lock format

help: ## list these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.venv/run.done: requirements/run.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.done: requirements/dev.txt .venv/run.done
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

run: .venv/run.done ## start the demo: hub, agent and three virtual terminals
	@exec $(BIN)/doorsync demo

lock: ## compile the hashed pins anew from pyproject.toml
	uv pip compile pyproject.toml --extra hub --extra agent --group build --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --custom-compile-command "make lock" --quiet -o requirements/run.txt
	uv pip compile pyproject.toml --extra hub --extra agent --group build --group dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --custom-compile-command "make lock" --quiet -o requirements/dev.txt
