# Two commands on a bare machine (Python 3.11 or newer with venv, git, the OpenSSH client):
#   make demo    the whole line on this machine
#   make test    every check
# `make bench` measures; `make format`, `make schemas` and `make docs` rewrite what the checks compare; `make lock` renews the pinned dependencies.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo test bench compiled format schemas docs lock clean needs

demo: $(VENV)/.run compiled
	$(BIN)/tiangong demo

test: $(VENV)/.test compiled
	$(BIN)/ruff check tiangong tests docs
	$(BIN)/ruff format --check tiangong tests docs
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n auto --dist worksteal

bench: $(VENV)/.test compiled   # a table of ratios, minutes; ROWS="agent cold" for some of it
	$(BIN)/python -m tests.benchmarks $(ROWS)

format: $(VENV)/.test
	$(BIN)/ruff format tiangong tests docs
	$(BIN)/ruff check --fix tiangong tests docs

schemas: $(VENV)/.test
	$(BIN)/python -m tiangong.documents.schema schemas

docs: $(VENV)/.test
	$(BIN)/python -m docs.generate

lock: $(VENV)/.test
	$(PIP) install uv
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --extra build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url -c requirements.lock --extra build --extra test pyproject.toml -o requirements-test.lock

$(VENV)/.run: requirements.lock pyproject.toml | needs
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing pinned dependencies (hash-checked) into $(VENV) …"
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: $(VENV)/.run requirements-test.lock
	@echo "Installing the pinned test tools …"
	$(PIP) install --require-hashes -r requirements-test.lock
	@touch $@

compiled: | $(VENV)/.run   # an editable install isn't compiled by pip, and every process would do it again
	@$(BIN)/python -m compileall -q tiangong

needs:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "missing: Python 3.11 or newer (this is $$($(PYTHON) --version 2>&1)). Debian: apt install python3; or: make PYTHON=python3.12 …" >&2; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "missing: Python's venv module. Debian: apt install python3-venv" >&2; exit 2; }
	@command -v git >/dev/null || { echo "missing: git. Debian: apt install git" >&2; exit 2; }
	@command -v ssh-keygen >/dev/null || { echo "missing: ssh-keygen. Debian: apt install openssh-client" >&2; exit 2; }

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .grimp_cache
