# Every target sets up .venv first, with what it needs at the versions of requirements.lock; the set-up is redone only
# when setup.cfg, pyproject.toml or requirements.lock change.
# PYTHON=... chooses the interpreter (3.11 or later).

PYTHON ?= $(shell for p in python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
SET_UP := .venv/.set-up
LOCK_VENV := build/lock-venv

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run dashboard gallery test coverage baseline fuzz mutants docs bench lock clean

run: $(SET_UP)
	$(BIN)/singledesk run scenarios/history.yaml

dashboard: $(SET_UP)-dashboard
	$(BIN)/singledesk dashboard

# Draws docs/gallery.md and its images from the shipped scenarios; takes some minutes.
gallery: $(SET_UP)
	$(BIN)/python -m sim.gallery

# Tests of one file stay in one process, which shares what they were given.
test: $(SET_UP)-test
	$(BIN)/ruff check .
	$(BIN)/mypy sim agents
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 8 --dist loadfile

# Lines and branches of sim and agents that the suite runs, in its child processes too.
coverage: $(SET_UP)-test
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 8 --dist loadfile --cov --cov-report=html --cov-report=json:build/coverage.json
	$(BIN)/python -m tests.coverage_limits build/coverage.json

# Writes the headline results that the suite compares with anew, and prints what moved.
baseline: $(SET_UP)-test
	$(BIN)/python -m tests.baseline

# Hostile files beyond those of the suite: make fuzz FUZZ="--seconds 3600 --seed 7".
FUZZ ?= --cases 50000
fuzz: $(SET_UP)-test
	$(BIN)/python -m tests.fuzz $(FUZZ)

# Plants mistakes in the tender, pools, beliefs and what lies around them, and counts those that the tests notice.
mutants: $(SET_UP)-test $(SET_UP)-mutants
	$(BIN)/mutmut run --max-children 1

docs: $(SET_UP)-docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

bench: $(SET_UP)-test
	$(BIN)/python -m benchmarks

$(SET_UP): setup.cfg pyproject.toml requirements.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later not found; give PYTHON=/path/to/python3" >&2; exit 1; }
	test -x $(BIN)/python || "$(PYTHON)" -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint requirements.lock --editable .
	touch $@

$(SET_UP)-%: $(SET_UP)
	$(BIN)/python -m pip install --quiet --constraint requirements.lock --editable ".[$*]"
	touch $@

# Newest versions that setup.cfg allows, from a venv with nothing else in it.
lock:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later not found; give PYTHON=/path/to/python3" >&2; exit 1; }
	rm -rf $(LOCK_VENV)
	"$(PYTHON)" -m venv $(LOCK_VENV)
	$(LOCK_VENV)/bin/python -m pip install --quiet ".[test]"
	$(LOCK_VENV)/bin/python -m pip freeze --all --exclude pip --exclude singledesk > $(LOCK_VENV)/requirements.lock
	mv $(LOCK_VENV)/requirements.lock requirements.lock
	rm -rf $(LOCK_VENV)

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis .coverage htmlcov mutants fuzz-failures
	find agents benchmarks scenarios sim tests -name __pycache__ -type d -prune -exec rm -rf {} +
