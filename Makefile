# Two commands matter: `make demo` and `make test`. Both set up .venv by themselves and are quick the second time.
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint bench faults months ui lock clean docs-pictures

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOME_DIR ?= var
export DO_NOT_TRACK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export GX_ANALYTICS_ENABLED := false

help: ## This list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

# The stamp is as new as the last install; a changed lock file or project file installs again.
$(VENV)/.runtime: requirements/runtime.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed; name one with PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) (once; a minute or two)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes -r requirements/runtime.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q -j 0 $(VENV)/lib >/dev/null 2>&1 || true
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.runtime
	@echo "Installing what tests and linters need"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m compileall -q -j 0 $(VENV)/lib >/dev/null 2>&1 || true
	@touch $@

setup: $(VENV)/.runtime ## Install what runs need into .venv

demo: $(VENV)/.runtime ## Run the main job on sample exports, show what came out and the plan that waits for approval
	@test -n "$$(ls -A $(HOME_DIR)/inbox 2>/dev/null)" || \
		$(BIN)/salesops sample $(HOME_DIR)/inbox --company $(HOME_DIR)/company --truth $(HOME_DIR)/truth
	@$(BIN)/salesops run --home $(HOME_DIR) || test $$? -eq 2
	@$(BIN)/salesops query --home $(HOME_DIR) "$$(cat docs/demo.sql)"
	@if $(BIN)/salesops plan show --home $(HOME_DIR) | grep -q "Nobody submitted it yet"; then \
		$(BIN)/salesops plan submit --home $(HOME_DIR) --by "Sales operations" --reason "make demo" >/dev/null; fi
	@$(BIN)/salesops plan show --home $(HOME_DIR)

ui: $(VENV)/.runtime ## Dagster's web UI on http://127.0.0.1:3000
	@$(BIN)/salesops ui --home $(HOME_DIR)

test: $(VENV)/.dev ## All tests, two files at a time
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile tests/unit tests/integration tests/end_to_end

lint: $(VENV)/.dev ## Every linter
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tests.lint.portability dbt_project
	@tests/lint/dbt.sh $(BIN)

bench: $(VENV)/.dev ## The measurements, as ratios, medians of 5 (about 40 minutes)
	@$(BIN)/python -m benchmarks

faults: $(VENV)/.dev ## 10,000 mutated exports, 2,000 histories of files, 50 and more through dbt (about 45 minutes)
	@SALESOPS_MUTATIONS=10000 SALESOPS_HISTORIES=2000 SALESOPS_DBT_HISTORIES=50 SALESOPS_INCREMENTAL_HISTORIES=12 \
		$(BIN)/python -m pytest -q -n 2 tests/integration/test_ingestion_mutations.py tests/integration/test_history_laws.py \
		tests/integration/test_history_dbt.py tests/integration/test_incremental_dbt.py

lock: $(VENV)/.dev ## Resolve the lock files anew from pyproject.toml
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --extra build -c requirements/constraints.txt pyproject.toml -o requirements/runtime.txt
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --extra build --extra dev -c requirements/constraints.txt -c requirements/runtime.txt pyproject.toml -o requirements/dev.txt

months: $(VENV)/.dev ## Live through half a year of weekly exports, run by run (about 25 minutes)
	@SALESOPS_WEEKS=26 $(BIN)/python -m pytest -q tests/end_to_end/test_living.py

docs-pictures: $(VENV)/.dev ## Draw the pictures that README shows
	@$(BIN)/python -m tests.end_to_end.pictures docs/pictures

clean: ## Remove .venv and everything a run made
	@rm -rf $(VENV) $(HOME_DIR) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
