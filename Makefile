# Every target sets up what it needs. Settings may stand before or after: DATA_DIR=x make run, make run DATA_DIR=x.
PYTHON ?= python3
CHOKEPOINT := .venv/bin/chokepoint
PY := .venv/bin/python
TRAINING_PACKAGES = UV=$$(command -v uv || echo .venv/.uv/bin/uv); $$UV pip install --quiet --python $(PY) --require-hashes \
	--target .cache/training/packages -r services/classifier/training/requirements.lock

.DEFAULT_GOAL := help
.PHONY: help setup run demo up down test test-long bench train eval chaos lint format dashboards clean

help: ## what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install the locked packages into .venv
	@$(PYTHON) deploy/bootstrap

run: setup ## Kafka, PostgreSQL and every service on this machine; Ctrl-C ends it
	@CHOKEPOINT_END_WITH_PARENT=1 exec $(CHOKEPOINT) run

demo: setup ## three buyers live through four years of export controls in two minutes; ends by itself
	@exec $(CHOKEPOINT) demo

up: ## the same in containers, with Prometheus, Alertmanager and Grafana: docs/operations.md
	@$(PYTHON) deploy/docker/make_secrets.py
	docker compose up --build --detach --wait
	@echo "events 127.0.0.1:8000, everything else :8001, Grafana :3000, Prometheus :9090, Alertmanager :9093"
	@echo "the first key: deploy/docker/secrets/chokepoint_dev_key; Grafana's admin: grafana_password beside it"

down: ## end them; their volumes stay
	docker compose down

test: setup ## the suite, real broker and database included
	$(PY) -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not long"

test-long: setup ## what `make test` leaves out
	$(PY) -m pytest -n 2 -m long

bench: setup ## measure, print a table, keep bench/results.json; ONLY=name for one
	@ONLY=$(ONLY) $(PY) -m bench

chaos: setup ## fire drills, 20 minutes: what alerts, what recovers, what is lost; ONLY=name for one, SEED=number
	@ONLY=$(ONLY) SEED=$(SEED) $(PY) -m tests.chaos

train: setup ## fit the light model and the encoder's adapters to the labelled texts; goes on where it was stopped
	@$(TRAINING_PACKAGES)
	$(PY) -m services.classifier.training.train
	PYTHONPATH=.cache/training/packages $(PY) -m services.classifier.training.encoder.tune

eval: setup ## how well the news is read, on held-out texts, beside three references: docs/judgement
	@$(TRAINING_PACKAGES)
	PYTHONPATH=.cache/training/packages $(PY) -m services.classifier.training.evaluate.report

lint: setup ## format, lint, types, import contracts; changes nothing
	.venv/bin/ruff format --check
	.venv/bin/ruff check
	$(PY) -m mypy
	.venv/bin/lint-imports

format: setup ## format, and mend what the linter can mend
	.venv/bin/ruff format
	.venv/bin/ruff check --fix

dashboards: setup ## write Grafana's dashboards and the page of metrics anew, from code
	$(PY) -m deploy.grafana.generate
	$(PY) -m deploy.prometheus.metrics_page

clean: ## what was installed and cached here; .data stays
	rm -rf .venv .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
