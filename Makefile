# Everything a newcomer needs: make demo, make test. Only Python (with venv) is expected to be there.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test check fmt messages bench evening nights soak fuzz audit mutants chaos load pictures upgrade

demo: $(VENV)/.stamp
	$(BIN)/python -m config.demo --port $(PORT)

test: $(VENV)/.stamp-dev
	$(BIN)/pytest -n 2 --dist loadgroup

# Settings as production has them, with values that are nobody's.
check: export SECRET_KEY := only-for-the-check-7f0c1de0a4b94a3c9a55e1b27d6f83c9e2d4
check: export RETELL_API_KEYS := only-for-the-check-1f4d
check: export ALLOWED_HOSTS := salon.example
check: export DEBUG := false
check: export HTTPS := true
check: export VAR_DIR := var/tests
check: export ENV_FILE := none
check: $(VENV)/.stamp-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python -m tools.migrations
	$(BIN)/python -m tools.translations

fmt: $(VENV)/.stamp-dev
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

# Collect the texts (needs gettext), then compile what is translated.
messages: export DEBUG := true
messages: $(VENV)/.stamp-dev
	$(BIN)/python manage.py makemessages --locale de --no-obsolete --add-location file --ignore .venv --ignore var --ignore tests
	$(BIN)/python -m tools.translations --compile

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# A stamp each, so that a second run starts at once and a changed file installs again.
$(VENV)/.stamp: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/.stamp-dev: requirements.txt requirements-dev.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@ $(VENV)/.stamp

# Takes some minutes and a gigabyte or two under var/bench.
bench: $(VENV)/.stamp-dev
	$(BIN)/python -m tools.bench
	$(BIN)/python -m tools.bench.integrity
	$(BIN)/python -m tools.bench.importing
	$(BIN)/python -m tools.bench.dashboard
	$(BIN)/python -m tools.bench.lists
	$(BIN)/python -m tools.bench.peer
	$(BIN)/python -m tools.bench.planner
	$(BIN)/python -m tools.bench.messages

# 200 calls of two hours in some minutes; `python -m tools.evening --help` has the choices.
evening: $(VENV)/.stamp-dev
	$(BIN)/python -m tools.evening

# The real processes live through five odd nights, in about half an hour (docs/time.md). Needs Debian's faketime.
nights: $(VENV)/.stamp-dev
	$(BIN)/python -m tools.nights $(if $(ONLY),--only "$(ONLY)") $(if $(BREAK),--break $(BREAK))

# Everybody at once, and everything that can go wrong, in random order: docs/proof.md.
soak: $(VENV)/.stamp-dev
	$(BIN)/python -m tools.soak --minutes $(or $(MINUTES),10) $(if $(SEED),--seed $(SEED))

# Plants bugs and counts how many sequences it takes until each is noticed. Some minutes.
mutants: $(VENV)/.stamp-dev
	$(BIN)/python -m tools.soak.mutants

# Kills every process in turn under load, then checks every answer (docs/chaos.md).
chaos: $(VENV)/.stamp-dev
	$(BIN)/python -m tools.chaos --minutes $(or $(MINUTES),5) $(if $(SEED),--seed $(SEED)) $(if $(BREAK),--break $(BREAK))

# How much one machine carries, some minutes; writes docs/load.md.
load: $(VENV)/.stamp-dev
	$(BIN)/python -m tools.load

# The pictures of guide and README, from a demo of its own. Needs Chromium.
pictures: $(VENV)/.stamp-dev
	$(BIN)/python -m tools.pictures

# The tests of an older release against the database of this one: does it go on working while we deploy?
upgrade: $(VENV)/.stamp-dev
	$(BIN)/python -m tools.upgrade $(if $(SINCE),--since $(SINCE))

# Random requests at every door, for so many minutes, in a database of its own.
fuzz: MINUTES ?= 5
fuzz: $(VENV)/.stamp-dev
	$(BIN)/python -m tools.fuzz --minutes $(MINUTES)

# Known vulnerabilities of what is installed, where the list of them can be reached.
audit: $(VENV)/.stamp-dev
	$(BIN)/python -m tools.audit
