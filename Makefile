# `make up` runs the service, `make test` proves it. Both need Python 3.12 or newer, make and the package registry.

PORT ?= 8000
PYTHON := .venv/bin/python
PIP := $(PYTHON) -m pip --disable-pip-version-check --quiet

.PHONY: up chat test torture mutants benchmarks screenshots format clean

up: .venv/ready-to-run .env
	$(PYTHON) manage.py migrate --verbosity 0
	$(PYTHON) manage.py bootstrap --url http://127.0.0.1:$(PORT)
	exec $(PYTHON) manage.py serve --port $(PORT)

# With WORKFLOWS_KEY, with the service at WORKFLOWS_URL; without, with one that is there for this chat alone.
# CHAT="--verbose" shows the calls. CHAT_BASE_URL, CHAT_API_KEY and CHAT_MODEL name a model; without, a stand-in answers.
chat: .venv/ready-to-run .env
	@scripts/chat $(CHAT)

test: .venv/ready-to-test
	scripts/test

# Takes a quarter of an hour. With TEST_POSTGRES_URL, initdb and redis-server here it leaves out nothing.
torture: .venv/ready-to-test
	$(PYTHON) -m torture

mutants: .venv/ready-to-test
	scripts/mutants

benchmarks: .venv/ready-to-test
	$(PYTHON) -m benchmarks.engine_submission
	$(PYTHON) -m benchmarks.deliveries
	$(PYTHON) -m benchmarks.editor
	$(PYTHON) -m benchmarks.context
	$(PYTHON) -m benchmarks.mcp

screenshots: .venv/ready-to-test
	scripts/screenshots

format: .venv/ready-to-test
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

clean:
	rm -rf .venv mutants .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache conversations/tests/typescript/node_modules

.venv/bin/python:
	scripts/make-venv

.venv/ready-to-run: requirements.txt | .venv/bin/python
	$(PIP) install --requirement requirements.txt
	touch $@

.venv/ready-to-test: requirements.txt requirements-celery.txt requirements-dev.txt | .venv/bin/python
	$(PIP) install --requirement requirements-dev.txt
	touch $@ .venv/ready-to-run

.env:
	scripts/write-env
