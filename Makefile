# Rasid. `make help` lists what there is; `make run` and `make test` are the two to know.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
WORKERS = $(shell $(BIN)/python -c 'import os; print(max(4, os.cpu_count() or 1))') # many tests wait more than they work

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run demo test check lint types format lock bench bench-journey bench-rules bench-delivery bench-feeds quality torture soak clean

help: ## list these commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(VENV)/.runtime ## set up what running needs; then .venv/bin/rasid is the command
setup-dev: $(VENV)/.dev ## set up what tests and checks need besides

run: setup ## the main job: live with TELEGRAM_BOT_TOKEN in .env, in the terminal without
	@$(BIN)/rasid run

demo: setup ## a recorded evening in half a minute: no network, no token
	@$(BIN)/rasid demo

test: setup-dev ## the tests, on a real SQLite and a real PostgreSQL
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

check: setup-dev lint types ## lint, types, import contracts, and the shipped rules and catalogue
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/rasid rules check
	@$(BIN)/rasid feeds check --offline

lint: setup-dev
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: setup-dev
	@$(BIN)/mypy

format: setup-dev ## put the code in order
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

bench: bench-journey bench-rules bench-delivery bench-feeds ## every benchmark; each ends with one JSON line

bench-journey: setup-dev ## from a feed's change to the message, the poll interval taken out
	@$(BIN)/python -m bench.journey

bench-rules: setup-dev ## phrases a text, rules an item, compiling, memory: this engine and its peers in one run
	@$(BIN)/python -c 'import hyperscan' 2>/dev/null || $(PIP) install --quiet hyperscan==0.9.1 || echo "hyperscan, the limit, cannot be installed here: left out"
	@$(BIN)/python -m bench.rules

bench-delivery: setup-dev ## the outbox and the sender: pace, time to the message, a million waiting, a broadcast in the way
	@$(BIN)/python -W ignore -m bench.delivery

bench-feeds: setup-dev ## CPU a poll beside lemon24/reader and bare aiohttp; ten thousand feeds due at once
	@$(BIN)/python -W ignore -m bench.feeds

quality: setup-dev ## precision and recall of the shipped rules on labelled items, where those are
	@$(BIN)/python -m bench.quality

torture: setup-dev ## every fault of docs/reliability.md, then kill -9, 300 times and at each failpoint, on both databases
	@TORTURE_LONG=1 $(BIN)/python -m pytest -q tests/torture tests/bot/test_migrations.py
	@$(BIN)/python -m tests.torture --kills $(or $(KILLS),300) $(if $(SEED),--seed $(SEED))

soak: setup-dev ## every fault at a low rate for MINUTES (10); nothing may be lost and nothing may grow
	@$(BIN)/python -m tests.torture.soak --minutes $(or $(MINUTES),10) $(if $(SEED),--seed $(SEED))

lock: setup-dev ## lock the dependencies anew, for uv and for pip
	$(BIN)/uv lock
	$(BIN)/uv export --frozen --no-emit-project --no-dev --group build --no-header -o requirements.txt -q
	$(BIN)/uv export --frozen --no-emit-project --group dev --group build --no-header -o requirements-dev.txt -q

clean: ## take away the environment and the caches, not the database
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# The lock is whole: pip looks for nothing besides (--no-deps), and so has nothing to say about it.
# An environment is made anew when the lock changes; a stamp is written last, so a broken set-up is repeated.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Rasid needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make $(MAKECMDGOALS) PYTHON=python3.12")'
	@echo "setting up in $(VENV), about a minute ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt pyproject.toml | $(BIN)/python
	@$(PIP) install --quiet --no-deps --require-hashes -r requirements.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.runtime
	@$(PIP) install --quiet --no-deps --require-hashes -r requirements-dev.txt
	@touch $@
