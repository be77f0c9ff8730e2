# Jiceng. `make` alone lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11,$(if $(shell $(name) -c 'import sys; print("ok" if sys.version_info >= (3, 11) else "")' 2>/dev/null),$(name))))
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
DETACH ?=
PYTEST_ARGS ?=
export PORT DETACH

# With servers: start what is needed, run, stop it again unless it ran before.
SERVERS := $(BIN)/python -m jiceng.embedded run --profile test --
MANAGE_TEST := env DJANGO_SETTINGS_MODULE=jiceng.config.settings.test $(BIN)/python manage.py
LOCK_OPTIONS := --quiet --generate-hashes --allow-unsafe --strip-extras --no-annotate --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- Setting up --------------------------------------------------------------------------------------------------------
define INSTALL
	@test -n "$(PYTHON)" || { echo "需要 Python 3.11 或更新版本（可用 PYTHON=… 指定）。" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "无法创建虚拟环境；Debian/Ubuntu 上请先 apt-get install python3-venv。" >&2; exit 1; }
	@echo "安装依赖（$(1)）…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
endef

$(VENV)/.runtime: requirements.lock pyproject.toml
	$(call INSTALL,requirements.lock)

$(VENV)/.dev: requirements-dev.lock pyproject.toml
	$(call INSTALL,requirements-dev.lock)
	@touch $(VENV)/.runtime

.PHONY: install
install: $(VENV)/.dev ## Make .venv with everything for development

.PHONY: lock
lock: $(VENV)/.dev ## Update requirements*.lock from pyproject.toml
	$(BIN)/pip-compile $(LOCK_OPTIONS) --upgrade --extra build --extra demo --extra dev --extra test \
		--output-file requirements-dev.lock pyproject.toml
	$(BIN)/pip-compile $(LOCK_OPTIONS) --constraint requirements-dev.lock --extra build --extra demo \
		--output-file requirements.lock pyproject.toml

# --- Seeing it ---------------------------------------------------------------------------------------------------------
.PHONY: demo
demo: $(VENV)/.runtime ## Run the demonstration (PORT=8000; DETACH=1: in the background)
	@exec $(BIN)/python -m jiceng.embedded.demo

.PHONY: demo-stop
demo-stop: $(VENV)/.runtime ## Stop the demonstration and its servers
	@$(BIN)/python -m jiceng.embedded.demo --stop

.PHONY: demo-reset
demo-reset: demo-stop ## Stop the demonstration and delete its data
	@$(BIN)/python -m jiceng.embedded.demo --reset

.PHONY: shell
shell: $(VENV)/.runtime ## Python shell with the settings and servers of the demonstration
	@$(BIN)/python -m jiceng.embedded run --profile demo -- $(BIN)/python manage.py shell

# --- Checking it -------------------------------------------------------------------------------------------------------
.PHONY: test
test: $(VENV)/.dev ## Run the test suite (PYTEST_ARGS="tests/news -x")
	@echo "tests"
	@$(SERVERS) $(BIN)/python -m pytest -n 2 --dist worksteal $(PYTEST_ARGS)

.PHONY: check
check: $(VENV)/.dev ## Static gates: style, types, layers, system checks, missing migrations
	@echo "ruff";         $(BIN)/ruff check .
	@echo "import-linter"; PYTHONPATH=platform:. $(BIN)/lint-imports --no-logo 2>/dev/null || PYTHONPATH=platform:. $(BIN)/lint-imports
	@echo "mypy";         $(BIN)/mypy
	@echo "system checks"; $(SERVERS) $(MANAGE_TEST) check
	@echo "migrations";   $(SERVERS) $(MANAGE_TEST) makemigrations --check --dry-run

.PHONY: openapi-lint
openapi-lint: ## Redocly and Spectral over the API documents: no error, no warning (needs Node.js 20)
	@openapi/tools/lint.sh

.PHONY: drift
drift: $(VENV)/.dev ## Fail when committed generated files are out of date
	@echo "generated files"
	@$(SERVERS) $(MANAGE_TEST) openapi --check
	@$(SERVERS) $(MANAGE_TEST) describe_modules --check

.PHONY: ci
ci: check drift test ## Everything that must pass before a push

.PHONY: e2e
e2e: $(VENV)/.dev ## Browser tests only (needs Chromium)
	@$(SERVERS) $(BIN)/python -m pytest tests/e2e $(PYTEST_ARGS)

.PHONY: bench
bench: $(VENV)/.dev ## Measure what tenancy costs; prints a table and writes .local/bench.json
	@PYTHONPATH=platform:. $(SERVERS) $(BIN)/python -m tests.bench --check

.PHONY: bench-registry
bench-registry: $(VENV)/.dev ## Measure imports, large moves and the directory's search
	@PYTHONPATH=platform:. $(SERVERS) $(BIN)/python -m tests.bench.registry
	@PYTHONPATH=platform:. $(SERVERS) $(BIN)/python -m tests.bench.directory

.PHONY: bench-points
bench-points: $(VENV)/.dev ## Measure boards and recomputing over a large ledger (ROWS=10000000 for the whole picture)
	@PYTHONPATH=platform:. $(SERVERS) $(BIN)/python -m tests.bench.points --rows $(or $(ROWS),1000000)

.PHONY: bench-exams
bench-exams: $(VENV)/.dev ## Measure 500 people handing in one exam at once
	@PYTHONPATH=platform:. $(SERVERS) $(BIN)/python -m tests.bench.exams

.PHONY: bench-volunteering
bench-volunteering: $(VENV)/.dev ## Measure 500 sign-ups at once for 100 places
	@PYTHONPATH=platform:. $(SERVERS) $(BIN)/python -m tests.bench.volunteering --check

.PHONY: bench-yellowpages
bench-yellowpages: $(VENV)/.dev ## Measure a search among 20,000 yellow pages (ENTRIES=)
	@PYTHONPATH=platform:. $(SERVERS) $(BIN)/python -m tests.bench.yellowpages --entries $(or $(ENTRIES),20000)

.PHONY: bench-wechat
bench-wechat: $(VENV)/.dev ## Measure WeChat's side against the simulator
	@PYTHONPATH=platform:. $(SERVERS) $(BIN)/python -m tests.bench.wechat

.PHONY: bench-webhooks
bench-webhooks: $(VENV)/.dev ## Measure webhooks, alone and beside dead receivers (EVENTS=)
	@PYTHONPATH=platform:. $(SERVERS) $(BIN)/python -m tests.bench.webhooks --events $(or $(EVENTS),1000)

.PHONY: coverage
coverage: $(VENV)/.dev ## Test suite with a coverage report
	@$(SERVERS) $(BIN)/coverage run -m pytest $(PYTEST_ARGS)
	@$(BIN)/coverage report

.PHONY: docs-check
docs-check: $(VENV)/.dev ## Check the generated pages of the documentation
	@$(SERVERS) $(MANAGE_TEST) describe_modules --check

# --- Writing generated files -------------------------------------------------------------------------------------------
.PHONY: fmt
fmt: $(VENV)/.dev ## Format the code and sort imports
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

.PHONY: openapi
openapi: $(VENV)/.dev ## Write openapi/*.yaml
	@$(SERVERS) $(MANAGE_TEST) openapi --write

.PHONY: screenshots
screenshots: $(VENV)/.dev ## Take the readme's picture from the running demonstration (needs Chromium)
	@$(BIN)/python docs/images/take.py

.PHONY: messages
messages: $(VENV)/.dev ## Collect texts and compile the English catalogue (needs gettext)
	@$(MANAGE_TEST) makemessages --locale en --no-obsolete --no-location --ignore .venv --ignore tests \
		--ignore module_template
	@$(MANAGE_TEST) compilemessages --locale en --ignore .venv

.PHONY: clean
clean: ## Remove caches and build results (keeps .venv and .local)
	@rm -rf build dist .ruff_cache .mypy_cache .pytest_cache .coverage
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
