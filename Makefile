# Every target sets up what it needs: a machine needs make and Python 3.11 or later, nothing else.
# A stamp remembers that the set-up was done, so doing it a second time costs nothing.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

PYTHON ?=
ARGS   ?=
JOBS   ?= 4
SEEDS  ?= 20
NETWORK_SEEDS ?= 10
COLLEAGUE_SEEDS ?= 10
RACE_RUNS ?= 10
HEALTHY_RUNS ?= 50
KILLS  ?= 100
CRASHES ?= 50
HISTORIES ?= 5000

# The tests start some hundreds of processes, and those of a run keep nothing that they compile: it is done beforehand.
unexport PYTHONDONTWRITEBYTECODE
COMPILE = @$(BIN)/python -m compileall -q conftest.py src strategies suites tests

VENV := .venv
BIN  := $(VENV)/bin
PIP  := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
PINS := --no-deps --require-hashes

# An environment whose Python is gone, or that was moved (its scripts name their place), is made anew.
$(shell test ! -e $(VENV)/.ready || { test -x $(BIN)/python && grep -qxF '$(CURDIR)' $(VENV)/.ready; } || rm -rf $(VENV))

.PHONY: help
help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: conformance
conformance: $(VENV)/.ready ## Judge the embedded emulator, or a target: make conformance ARGS="--target staging.toml"
	@$(BIN)/talonproof run $(ARGS)

.PHONY: test
test: $(VENV)/.ready-test ## Test talonproof itself: make test ARGS="tests/unit -k pages"
	$(COMPILE)
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(or $(ARGS),tests)

.PHONY: thorough
thorough: $(VENV)/.ready-test ## Test by whole runs what `make test` judges in process or takes a sample of; slow
	$(COMPILE)
	@TALONPROOF_THOROUGH=1 $(BIN)/python -m pytest -n $(JOBS) --dist worksteal \
	    $(or $(ARGS),tests/variants tests/guard tests/misbehaving tests/faults/test_scoreboard.py)

.PHONY: sdk
sdk: $(VENV)/.ready ## Call every operation of the emulator through the official Python SDK
	@$(BIN)/python -m pytest $(or $(ARGS),tests/sdk)

.PHONY: check
check: $(VENV)/.ready-dev $(VENV)/.ready-test ## Lint, format, types and the walls between the layers
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/pyright
	@$(BIN)/lint-imports

.PHONY: faults
faults: $(VENV)/.ready ## Plant every fault in the emulator and say which check catches it
	@$(BIN)/talonproof faults $(ARGS)

.PHONY: docs
docs: $(VENV)/.ready ## Write docs/requirements.md from the requirement catalogue
	@mkdir -p docs
	@$(BIN)/talonproof spec requirements > docs/requirements.md.new
	@mv docs/requirements.md.new docs/requirements.md

.PHONY: seeds
seeds: $(VENV)/.ready ## Run the healthy emulator under SEEDS=20 seeds, strictly; slow
	@failed=; \
	for seed in $$(seq 1 $(SEEDS)); do \
	    $(BIN)/talonproof run --strict --seed $$seed $(ARGS) || failed="$$failed $$seed"; \
	done; \
	if [ -n "$$failed" ]; then echo "not conformant with seed$$failed" >&2; exit 1; fi; \
	echo "conformant with each of $(SEEDS) seeds"

.PHONY: network
network: $(VENV)/.ready ## Run the healthy emulator and every planted fault behind a bad network; NETWORK_SEEDS=10; slow
	@$(BIN)/python -m tests.misbehaving.bad_network --seeds $(NETWORK_SEEDS) $(ARGS)

.PHONY: colleagues
colleagues: $(VENV)/.ready ## Run the healthy emulator while a second client changes it; COLLEAGUE_SEEDS=10; slow
	@$(BIN)/python -m tests.misbehaving.colleague --seeds $(COLLEAGUE_SEEDS) $(ARGS)

.PHONY: races
races: $(VENV)/.ready ## Look for each fault of races RACE_RUNS=10 times, and run the healthy emulator HEALTHY_RUNS=50 times; slow
	@$(BIN)/python -m tests.races.hunting --runs $(RACE_RUNS) --healthy $(HEALTHY_RUNS)

.PHONY: machine
machine: $(VENV)/.ready ## Count the steps that the state machine over several things takes to find faults; SEEDS=20 healthy ones; slow
	@$(BIN)/python -m tests.machine.hunting --healthy $(SEEDS) $(ARGS)

.PHONY: pace
pace: $(VENV)/.ready ## Measure how fast the requests of a whole run arrive under a limit; takes minutes
	@$(BIN)/python -m tests.misbehaving.pacing

.PHONY: kills
kills: $(VENV)/.ready ## Kill KILLS=100 runs at random moments, and see that nothing is lost; slow
	@KILLS=$(KILLS) $(BIN)/python -m pytest -n $(JOBS) tests/kills $(ARGS)

.PHONY: durability
durability: $(VENV)/.ready ## Kill the emulator CRASHES=50 times while it writes, and count what it had answered; slow
	@CRASHES=$(CRASHES) $(BIN)/python -m pytest -n $(JOBS) tests/durability $(ARGS)

.PHONY: laws
laws: $(VENV)/.ready ## Hold the emulator's engine to its laws over HISTORIES=5000 histories an edition; slow
	@HISTORIES=$(HISTORIES) $(BIN)/python -m pytest -n $(JOBS) tests/unit/emulator/engine/test_laws.py $(ARGS)

.PHONY: bench
bench: $(VENV)/.ready ## Measure how long runs take, and how fast the parts are
	@$(BIN)/python benchmarks/run.py $(ARGS)

.PHONY: speed
speed: $(VENV)/.ready ## Measure the emulator beside a bare route and beside prism: make speed ARGS="--short --without-prism"
	@$(BIN)/python benchmarks/serving.py $(ARGS)

.PHONY: lock
lock: $(VENV)/.ready-dev ## Pin the newest dependencies that pyproject.toml allows
	@set -e; \
	compile="$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade"; \
	compile="$$compile --no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command"; \
	$$compile 'make lock' pyproject.toml --group build -o requirements.lock; \
	$$compile 'make lock' --group test -c requirements.lock -o requirements-test.lock; \
	$$compile 'make lock' --group dev -c requirements.lock -c requirements-test.lock -o requirements-dev.lock; \
	$$compile 'make lock' tests/sdk/requirements.in -o tests/sdk/requirements.lock

.PHONY: clean
clean: ## Remove everything that was made here, reports and virtual environment too
	rm -rf $(VENV) dist reports/out talonproof-report .hypothesis .pytest_cache .ruff_cache .import_linter_cache
	find . -name .git -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment itself, made with PYTHON or with the first Python that is new enough.
CANDIDATES := $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11)

$(BIN)/python:
	@for python in $(CANDIDATES); do \
	    if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
	            echo "talonproof: $$python cannot make virtual environments; install its venv module (python3-venv)" >&2; \
	            exit 1; \
	        fi; \
	        echo "setting up $(VENV) with $$("$$python" --version)"; \
	        exec "$$python" -m venv --clear $(VENV); \
	    fi; \
	done; \
	echo "talonproof: no Python 3.11 or later ($(CANDIDATES)); install one, or name it: make PYTHON=/path/to/python3" >&2; \
	exit 1

# Done again when a pin, a dependency or the metadata changes. hatchling, which builds talonproof, is pinned as well.
$(VENV)/.ready: requirements.lock pyproject.toml | $(BIN)/python
	@echo "installing what requirements.lock pins"
	@$(PIP) install $(PINS) -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@echo '$(CURDIR)' > $@

$(VENV)/.ready-test $(VENV)/.ready-dev: $(VENV)/.ready-%: requirements-%.lock $(VENV)/.ready
	@echo "installing what $< pins"
	@$(PIP) install $(PINS) -r $<
	@touch $@
