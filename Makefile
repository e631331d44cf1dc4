# Two commands: `make demo` runs the product on embedded defaults, `make test` runs every test.
# Each does all set-up by itself; a repeat run finds everything done and is quick.

SHELL := /bin/bash
VENV := .venv
PY := $(VENV)/bin/python
STAMPS := $(VENV)/stamps
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUNBUFFERED := 1
# A product and its tests start many processes: each would compile all modules anew where Python may not keep them.
unexport PYTHONDONTWRITEBYTECODE

# A browser or a whole product on a machine busy with other things gets one second chance. The fast tests get none, and
# a run that needed more than three has failed (tests/running/reruns.py).
RERUNS := --reruns 1 --reruns-delay 2

.PHONY: series image-proof wheel-proof outbox-proof redmine connectors-proof helpdesk helpdesk-proof intake-proof api-contract gate-proof gate-proof-short gate-request-tracker teach-request-tracker demo test test-fast check check-types check-rest format bench redaction soak mutants setup setup-dev phones clean help routes

help: ## Show the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: setup ## Set everything up and run the product with its virtual phone and pilot
	@$(PY) -m cs_agent.demo

test: setup-dev ## Set everything up and run every test, the fast ones first
	@$(PY) -m pytest -q -n 2 -m "not browser and not story and not soak and not example"
	@$(PY) -m pytest -q -n 2 --dist loadfile -m "browser and not story and not soak and not example" $(RERUNS)
	@$(PY) -m pytest -q -n 2 -m "story and not soak and not example" $(RERUNS)
	@$(PY) -m benchmarks.gate_proof.short

test-fast: setup-dev ## The tests without browsers and whole-product stories
	@$(PY) -m pytest -q -n 2 -m "not browser and not story and not soak and not example"

check: setup-dev ## Format, lint, types, import contract, migrations, deployment settings
	@$(MAKE) --no-print-directory -j 2 --output-sync=target check-types check-rest

check-types:
	$(VENV)/bin/mypy

check-rest:
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/lint-imports
	$(PY) scripts/check_unused.py
	$(PY) scripts/check_folders.py
	$(PY) manage.py makemigrations --check --dry-run
	@bash scripts/check_deploy.sh $(PY)

format: setup-dev ## Format the code
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

bench: setup-dev ## Measure the budgets and print the figures
	@$(PY) -m benchmarks

intake-proof: setup-dev ## Ten thousand calls of a helpdesk, repeated and in disorder, while the worker is killed (INTAKE_CALLS)
	@INTAKE_CALLS=$${INTAKE_CALLS:-10000} $(PY) -m benchmarks intake

api-contract: setup-dev ## Call every operation of the API as its document tells it (API_EXAMPLES for each), as nobody should (API_HOSTILE, API_SEED), and by schemathesis' own command with every check (API_CLI_EXAMPLES)
	@API_EXAMPLES=$${API_EXAMPLES:-300} API_HOSTILE=$${API_HOSTILE:-500} API_CLI_EXAMPLES=$${API_CLI_EXAMPLES:-50} $(PY) -m pytest -q \
		tests/integrations/api/test_contract.py tests/integrations/api/test_hostile.py tests/integrations/api/test_schemathesis.py

wheel-proof: setup-dev ## Install the built wheel in a fresh environment and handle a ticket of the API there, in a real browser
	@$(PY) -m pytest -q -s tests/install/test_clean_environment.py

image-proof: setup-dev ## Carry out the Dockerfile in a plain root folder and start every service of compose.yaml there (root, debootstrap)
	@$(PY) -m pytest -q -s tests/install/test_deploy_files.py

outbox-proof: setup-dev ## Ten thousand events on their way out while worker, upkeep and Redis are killed (OUTBOX_EVENTS, OUTBOX_KILLS, SOAK_SEED)
	@$(PY) -m pytest -q -s tests/soak/test_outbox.py

series: setup-dev ## Run every flow again and again on a phone that misbehaves, each run under another fault (SERIES_RESENDS, SERIES_OTHERS)
	@SERIES_RESENDS=$${SERIES_RESENDS:-100} SERIES_OTHERS=$${SERIES_OTHERS:-20} $(PY) -m benchmarks series

redaction: setup-dev ## Measure on generated screens how much personal data is hidden (BENCH_REDACTION_SCREENS, _SEED, _LIST)
	@$(PY) -m benchmarks redaction

routes: setup-dev ## Show ten thousand mutated pages to a learned route: it must act wrongly on none
	@ROUTE_MUTANTS=10000 $(PY) -m pytest -q tests/engine/routes/test_mutated.py -k mutated

gate-proof: setup-dev ## Try the gate on pages of strangers' component libraries (GATE_TREE, GATE_PICTURE, GATE_ENGINE, GATE_SEED, GATE_SHARE, GATE_MINUTES)
	@$(PY) -m benchmarks.gate_proof.libraries
	@$(PY) -m benchmarks.gate_proof --tree $${GATE_TREE:-8000} --picture $${GATE_PICTURE:-2000} --engine $${GATE_ENGINE:-300} \
		--seed $${GATE_SEED:-0} --share $${GATE_SHARE:-1/1} --minutes $${GATE_MINUTES:-100000}

gate-proof-short: setup-dev ## The share of that proof that `make test` ends with (GATE_SEED; GATE_PROOF=required fails without npm's packages)
	@$(PY) -m benchmarks.gate_proof.short

gate-request-tracker: setup-dev ## Touch every control of a real Request Tracker at a phone's size and see what the gate would have let pass (RT_PAGES, RT_TAPS)
	@$(PY) -m benchmarks.gate_request_tracker --pages $${RT_PAGES:-all} --taps $${RT_TAPS:-40}

teach-request-tracker: setup-dev ## Teach a flow for a real Request Tracker on the lesson's page at a person's pace, release it, answer another ticket from memory
	@$(PY) -m benchmarks.teach_request_tracker

helpdesk: setup ## Run the example: django-helpdesk with cs_agent in one project (its own environment)
	@$(PY) examples/django_helpdesk/start.py

helpdesk-proof: setup-dev ## Handle a ticket in django-helpdesk's own page, in a real browser
	@DESK_VENV=$${DESK_VENV:-$(CURDIR)/var/helpdesk-venv} $(PY) -m pytest -q -s tests/examples

redmine: setup-dev ## Try the connector against Debian's real Redmine (installs redmine and redmine-sqlite where apt may be used)
	@$(PY) -m pytest -q -s tests/integrations/connectors/test_real_redmine.py

connectors-proof: setup-dev ## Every connector against its server of the tests, and those of which there is a real one here
	@CONNECTOR_SPOILED=$${CONNECTOR_SPOILED:-200} $(PY) -m pytest -q tests/integrations/connectors/test_conformance.py tests/integrations/connectors/test_wecom.py tests/integrations/connectors/test_zammad.py \
		tests/integrations/request_tracker tests/integrations/connectors/test_real_redmine.py

soak: setup-dev ## Kill every process in every state and at random, on SQLite and PostgreSQL (SOAK_RUNS, SOAK_SEED)
	@$(PY) -m pytest -q -s -m soak

mutants: setup-dev ## Change the parts that must not be wrong, one fault at a time, and count the faults that the tests notice (MUTANTS, SEED)
	@$(PY) scripts/mutants --mutants $(or $(MUTANTS),300) --seed $(or $(SEED),1)

setup: $(STAMPS)/run $(STAMPS)/system $(STAMPS)/messages
setup-dev: setup $(STAMPS)/dev

$(STAMPS)/venv: scripts/make_venv.sh
	@bash scripts/make_venv.sh $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/run: $(STAMPS)/venv requirements.txt
	@echo "Installing requirements …"
	@$(PY) -m pip install -q -r requirements.txt
	@touch $@

$(STAMPS)/dev: $(STAMPS)/run requirements-dev.txt
	@echo "Installing test and check tools …"
	@$(PY) -m pip install -q -r requirements-dev.txt
	@touch $@

$(STAMPS)/system: $(STAMPS)/run cs_agent/project/commands/provision.py
	@$(PY) -m cs_agent.project.commands.provision
	@touch $@

PO_FILES := $(wildcard */locale/*/LC_MESSAGES/*.po)
$(STAMPS)/messages: $(STAMPS)/run $(PO_FILES)
	@$(PY) scripts/compile_messages.py
	@touch $@

clean: ## Remove what the commands made
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache
