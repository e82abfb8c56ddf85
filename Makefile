# Overdraft. Works with GNU make 3.81 (macOS) and newer; `make` alone prints this help.
VENV := .venv
ATTACK := $(VENV)/bin/attack
PYTEST := $(VENV)/bin/python -m pytest
CLASSROOM := $(VENV)/bin/python -m classroom
CLASS := $(or $(OVERDRAFT_LAB),.lab)/class
DOCS := .venv-docs
FRESH := docs/_build/fresh
SHOWN = $(shell find docs/recordings flask_app django_app shared_db attack/explore racewalk/src \
    -name '*.json' -o -name '*.py' -o -name '*.sql' -o -name '*.toml')
SPHINX := $(DOCS)/bin/python -m sphinx --fail-on-warning --keep-going --quiet

# An environment knows where it was made: a checkout that was copied or moved needs its own.
STALE := $(shell test "$$(cat $(VENV)/installed 2>/dev/null)" = "$(CURDIR)" || rm -f $(VENV)/installed; \
    test "$$(cat $(DOCS)/installed 2>/dev/null)" = "$(CURDIR)" || rm -f $(DOCS)/installed)

# What a run may set: make attack TRIALS=20 TECHNIQUE=burst,last_byte STRATEGY=no_lock STACK=flask
FIRE := $(if $(TRIALS),--trials $(TRIALS)) $(if $(TECHNIQUE),--technique $(TECHNIQUE)) \
        $(if $(STRATEGY),--strategy $(STRATEGY)) $(if $(STACK),--stack $(STACK)) $(if $(JSON),--json $(JSON)) \
        $(if $(REQUESTS),--requests $(REQUESTS)) $(if $(START),--start $(START)) $(if $(AMOUNT),--amount $(AMOUNT))
EXPLORE := $(if $(STRATEGY),--strategy $(STRATEGY)) $(if $(STACK),--stack $(STACK)) \
           $(if $(REQUESTS),--requests $(REQUESTS)) $(if $(START),--start $(START)) \
           $(if $(USERS),--users $(USERS)) $(if $(JSON),--json $(JSON))
BENCH := $(if $(STRATEGY),--strategy $(STRATEGY)) $(if $(STACK),--stack $(STACK)) \
         $(if $(MINUTES),--minutes $(MINUTES)) $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(JSON),--json $(JSON))

.DEFAULT_GOAL := help
.PHONY: help attack explore bench report compare up down reset test acceptance exhaustive test-compose matrix figures speed mutants \
        test-lab test-racewalk exhaustive-cells exhaustive-programs exhaustive-exercises exhaustive-class \
        docs pdf lint format pins clean step whatif record recordings pages wheelhouse exercise grade

help: ## Print this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

$(VENV)/installed: requirements/dev.txt pyproject.toml racewalk/pyproject.toml scripts/bootstrap
	@CHECKOUT="$(CURDIR)" PYTHON="$(PYTHON)" PACKAGES="$(PACKAGES)" WHEELHOUSE="$(WHEELHOUSE)" sh scripts/bootstrap

$(DOCS)/installed: requirements/docs.txt scripts/bootstrap
	@CHECKOUT="$(CURDIR)" PYTHON="$(PYTHON)" sh scripts/bootstrap docs

attack: $(VENV)/installed ## Attack every strategy on both stacks and print the table
	@$(ATTACK) fire $(FIRE)

report: $(VENV)/installed ## Make a page from kept runs: RUN=runs/..., AGAINST=...; default: the last
	@$(ATTACK) report $(RUN) $(if $(AGAINST),--against $(AGAINST))

compare: $(VENV)/installed ## Print one strategy in both applications side by side: S=row_lock
	@test -n "$(S)" || { echo "overdraft: name a strategy, as in: make compare S=row_lock" >&2; exit 2; }
	@$(ATTACK) compare $(S)

step: $(VENV)/installed ## Be the scheduler of two real requests: S=row_lock STACK=django
	@test -n "$(S)$(STRATEGY)" -a -n "$(STACK)" || { echo "overdraft: name both, as in: make step S=row_lock STACK=django" >&2; exit 2; }
	@$(ATTACK) step --strategy $(or $(S),$(STRATEGY)) --stack $(STACK)

record: $(VENV)/installed ## Record every cell's whole graph, for a page to step through: TO=.lab/recordings
	@$(ATTACK) explore --record $(or $(TO),.lab/recordings) $(if $(START),,--start 10) $(EXPLORE)

recordings: $(VENV)/installed ## Record what the pages name, and nothing else, into docs/recordings; then `make pages`
	@$(VENV)/bin/python -m docs.made record

pages: $(VENV)/installed ## Make what the applications' pages show of lessons and recordings
	@$(VENV)/bin/python -m docs.made pages

explore: $(VENV)/installed ## Walk every interleaving of two requests: an exact verdict
	@$(ATTACK) explore $(EXPLORE)

whatif: $(VENV)/installed ## Ask which lock holds a strategy, and what would repair it: S=row_lock STACK=django
	@test -n "$(S)$(STRATEGY)" -a -n "$(STACK)" || { echo "overdraft: name both, as in: make whatif S=row_lock STACK=django" >&2; exit 2; }
	@$(ATTACK) whatif --strategy $(or $(S),$(STRATEGY)) --stack $(STACK) $(if $(START),--start $(START)) $(if $(JSON),--json $(JSON))

exercise: $(VENV)/installed ## Begin an exercise: N=1; HINT=1 to 3; RESET=1 begins exercise 1 anew; without N the list
	@$(ATTACK) exercise $(or $(RESET),$(N)) $(if $(RESET),--reset) $(if $(HINT),--hint $(HINT))

grade: $(VENV)/installed ## Grade your repair: N=1 STACK=flask; WATCH=1 at each save; PAGE=1 to step through it
	@test -n "$(N)" -a -n "$(STACK)" || { echo "overdraft: name both, as in: make grade N=1 STACK=flask" >&2; exit 2; }
	@$(ATTACK) grade $(N) --stack $(STACK) $(if $(WATCH),--watch) $(if $(PAGE),--page) $(if $(FILE),--file $(FILE)) $(if $(JSON),--json $(JSON)) \
	    || case $$? in 1|3) ;; *) exit 2;; esac # a verdict, and no error of make's

bench: $(VENV)/installed ## Measure what each defence costs: a quarter of an hour, on an idle machine
	@$(ATTACK) bench $(BENCH)

up: $(VENV)/installed ## Start both stacks and print their addresses; for a class: STUDENTS=30
	@$(if $(STUDENTS),$(CLASSROOM) up "$(STUDENTS)",$(ATTACK) up)

down: $(VENV)/installed ## Stop what `make up` started
	@if test -f $(CLASS)/state.json; then $(CLASSROOM) down; else $(ATTACK) down; fi

reset: $(VENV)/installed ## Give every account its 10 money back and empty the log; of a class: STUDENT=7, or all
	@$(if $(STUDENT),$(CLASSROOM) reset "$(STUDENT)",$(ATTACK) reset)

# The two share no server, no folder and no port, and each waits for most of its time. The lab's are
# seen as they run, racewalk's once both are over, after Ctrl-C too.
test: $(VENV)/installed ## The quick tests, the lab's and racewalk's side by side: under 10 minutes
	@said=$$(mktemp) && trap : INT TERM HUP && { $(MAKE) --no-print-directory -j2 test-lab test-racewalk RACEWALK_SAYS="$$said"; \
	    code=$$?; cat "$$said"; rm -f "$$said"; exit $$code; }

test-lab: $(VENV)/installed
	@$(PYTEST) -m "not acceptance and not compose and not exhaustive" tests

test-racewalk: $(VENV)/installed
	@$(PYTEST) -c pyproject.toml -m "not acceptance and not exhaustive" racewalk/tests $(if $(RACEWALK_SAYS),> "$(RACEWALK_SAYS)" 2>&1)

acceptance: $(VENV)/installed ## The long checks: attacks in full, 10,000 requests, a real browser; some: ONLY=tests/exercises
	@$(PYTEST) -m acceptance $(ONLY)

exhaustive: exhaustive-cells exhaustive-programs exhaustive-exercises exhaustive-class ## The explorer against brute force, all of it; with -j2 side by side

exhaustive-cells: $(VENV)/installed
	@$(PYTEST) -m exhaustive tests/explore

exhaustive-programs: $(VENV)/installed
	@$(PYTEST) -m exhaustive racewalk/tests

exhaustive-exercises: $(VENV)/installed
	@$(PYTEST) -m exhaustive tests/exercises

exhaustive-class: $(VENV)/installed
	@$(PYTEST) -m exhaustive tests/classroom

test-compose: $(VENV)/installed ## The lab under Docker Compose, on an engine of its own where none answers (as root)
	@$(PYTEST) -m compose tests/compose

matrix: $(VENV)/installed ## Attack everything, 20 trials a cell, and write the README's matrix
	@$(ATTACK) fire --trials 20 --json .lab/matrix.json
	@$(ATTACK) matrix .lab/matrix.json

figures: $(VENV)/installed ## Measure what each defence costs, twice, and write the figures of docs/choosing.md
	@$(ATTACK) bench --json .lab/bench.json
	@$(ATTACK) bench --rounds 2 --minutes 9 --json .lab/again.json
	@$(ATTACK) figures .lab/bench.json .lab/again.json

speed: $(VENV)/installed ## Measure what the explorer's schedules cost, and write the table of docs/explorer.md; on an idle machine
	@$(VENV)/bin/python -m docs.made speed

mutants: $(VENV)/installed ## Attack every planted mistake and write docs/mutants.md
	@$(VENV)/bin/python -m tests.mutants

# A recording is explored again whenever something has changed that it may show.
$(FRESH): $(VENV)/installed $(SHOWN)
	@echo "overdraft: exploring again what the steppers show (half a minute) ..." >&2
	@$(VENV)/bin/python -m docs.made check
	@mkdir -p $(dir $@) && touch $@

docs: $(FRESH) $(DOCS)/installed ## Build the site with its lessons: docs/_build/html/index.html, which needs no server
	@$(SPHINX) --builder html docs docs/_build/html
	@$(SPHINX) --builder revealjs --conf-dir docs docs/slides docs/_build/html/slides
	@echo "The site: docs/_build/html/index.html; the slides: docs/_build/html/slides/index.html"

pdf: $(VENV)/installed $(DOCS)/installed ## Print the site as one PDF, by Chromium: docs/_build/overdraft.pdf
	@$(SPHINX) --builder singlehtml docs docs/_build/single
	@$(VENV)/bin/python docs/pdf.py docs/_build/single/index.html docs/_build/overdraft.pdf

lint: $(VENV)/installed ## ruff and mypy, as CI runs them
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/ruff format --check --quiet .
	@# django-stubs imports the settings, which need values but no server.
	@DATABASE_URL=postgresql:/// SECRET_KEY=lint $(VENV)/bin/mypy

format: $(VENV)/installed ## Let ruff format the code
	@$(VENV)/bin/ruff check --fix --quiet .
	@$(VENV)/bin/ruff format .

wheelhouse: $(VENV)/installed ## Fetch what a student's machine needs into a folder: TO=wheelhouse PLATFORM=mac-arm64
	@$(CLASSROOM) wheelhouse $(if $(PLATFORM),--platform "$(PLATFORM)") $(if $(FOR),--python "$(FOR)") "$(or $(TO),wheelhouse)"

pins: $(VENV)/installed ## Pin the requirements anew, with hashes
	@scripts/pin --upgrade

clean: ## Remove the environment and the lab's data, under Docker Compose too (after `make down`)
	@test ! -f .env || docker compose --profile proxy --profile pooler --profile harness down --volumes --remove-orphans
	rm -rf $(VENV) $(DOCS) docs/_build .lab .env
