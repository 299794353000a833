# Every command of moorings. `make` alone lists them.
#
# A command sets up what it needs: `make demo` and `make test` work on a machine that has nothing but Python 3.11,
# make and a package index. Another interpreter: make setup PYTHON=/path/to/python3.11

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test test-fast check airflow format notebooks lock texts faults fuzz licences bench clean new

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
LOCK := $(VENV)/.lock
AIRFLOW := $(VENV)/airflow
MOORINGS := $(BIN)/moorings
export PIP_DISABLE_PIP_VERSION_CHECK := 1

TRIED = $(or $(PYTHON),python3.11 python3 python)
FOUND = $(shell for name in $(TRIED); do \
	if $$name -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then echo $$name; break; fi; done)

# An environment that was never finished, whose interpreter is gone or whose checkout was moved is set up anew.
ifneq ($(shell test -x $(BIN)/python && cat $(VENV)/.checkout 2>/dev/null),$(CURDIR))
$(LOCK): new
endif

help: ## list the commands
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

setup: $(READY) ## create .venv from the hashed lock, if it is not up to date
	@echo "ready: $(MOORINGS) --help"

# The simulated history ends on 2024-06-30.
demo: $(READY) ## simulate a supplier, train, score, and name the three customers most worth a call
	@$(MOORINGS) simulate --config demo
	@$(MOORINGS) train --config demo
	@$(MOORINGS) score --config demo --as-of 2024-07-01

test: $(READY) ## run all tests
	@$(BIN)/python -m pytest -n auto

test-fast: $(READY) ## run the tests that take no longer than a few seconds each
	@$(BIN)/python -m pytest -n auto -m "not slow"

check: $(READY) ## lint, format, types, layers, dependencies; changes nothing
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo 'make format puts this right'; exit 1; }
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo > $(VENV)/layers 2>&1 || { cat $(VENV)/layers; exit 1; }
	@$(BIN)/deptry . > $(VENV)/dependencies 2>&1 || { cat $(VENV)/dependencies; exit 1; }
	@echo 'lint, format, types, layers and dependencies are in order'

airflow: $(READY) $(AIRFLOW)/.lock ## set up Airflow in an environment of its own, and run the ready DAG in it for real
	@$(BIN)/python -m pytest -n auto -rs tests/pipeline/test_schedule.py

format: $(READY) ## put the code in the house's format
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .

notebooks: $(READY) ## write notebooks/*.ipynb from their .py twins
	@$(BIN)/jupytext --quiet --sync notebooks/*.py

lock: $(READY) ## remake requirements/*.lock from pyproject.toml, with hashes and without addresses
	@$(BIN)/uv pip compile $(LOCKED) --extra build --extra dev --output-file requirements/dev.lock pyproject.toml
	@$(BIN)/uv pip compile $(LOCKED) --extra build --constraints requirements/dev.lock \
		--output-file requirements/run.lock pyproject.toml
	@$(BIN)/uv pip compile $(LOCKED) --output-file requirements/airflow.lock requirements/airflow.in
LOCKED := --quiet --upgrade --universal --fork-strategy fewest --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links

texts: $(READY) ## add new texts to the translations, drop old ones, and name what is missing
	@$(BIN)/python -m pipeline.translation

faults: $(READY) ## kill, starve and crowd scoring a hundred times over, and print what was lost; an hour or so
	@$(BIN)/python -m benchmarks.faults

fuzz: $(READY) ## configurations and tables made up at random, with new examples; half an hour or so
	@$(BIN)/python -m pytest -n auto -m fuzz

licences: $(READY) ## list the licence of every installed package, and refuse what would bind ours
	@$(BIN)/python -m benchmarks.licences

bench: $(READY) ## measure features and reasons against floor and peer; several minutes, see benchmarks/README.md
	@$(BIN)/python -m benchmarks.feature_engine
	@$(BIN)/python -m benchmarks.reasons

clean: ## remove .venv and everything that tools keep; runs/ stays
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache dist build
	@find features models pipeline tests benchmarks notebooks -name __pycache__ -type d -prune -exec rm -rf {} +

# The locked packages first, then this checkout by reference: pip 23 cannot mix hashes with `-e .`.
$(READY): $(LOCK) pyproject.toml
	@$(BIN)/python -m pip install -qq --no-deps --no-build-isolation -e .
	@touch $@

# Airflow cannot share an environment with moorings. Once this one is there, the tests find it.
$(AIRFLOW)/.lock: requirements/airflow.lock | $(READY)
	@echo 'Setting up $(AIRFLOW) from $<; this takes half a minute or so.' >&2
	@rm -rf $(AIRFLOW) \
		&& $(BIN)/python -m venv $(AIRFLOW) \
		&& $(AIRFLOW)/bin/python -m pip install -qq --require-hashes -r $< \
		&& cp $< $@

# A lock whose time stamp moved but not its content installs nothing again.
$(LOCK): requirements/dev.lock
	@if $(BIN)/python -c '' 2>/dev/null && cmp -s $< $@ && test "$$(cat $(VENV)/.checkout)" = "$(CURDIR)"; then \
		touch $@; exit; \
	fi; \
	python="$(FOUND)"; \
	if test -z "$$python"; then \
		echo 'moorings needs Python 3.11; tried: $(TRIED).' >&2; \
		echo 'Install it, or name it: make setup PYTHON=/path/to/python3.11' >&2; \
		exit 2; \
	fi; \
	echo 'Setting up $(VENV) from $<; this takes a minute or two.' >&2; \
	rm -rf $(VENV) \
		&& $$python -m venv $(VENV) \
		&& $(BIN)/python -m pip install -qq --require-hashes -r $< \
		&& pwd > $(VENV)/.checkout \
		&& cp $< $@
