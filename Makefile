# The manual. `make` prints the targets; each says what it is doing.
.DEFAULT_GOAL := help
SHELL := /bin/bash
VENV := .venv
PY := $(VENV)/bin/python
PORT ?= 8501
WORKERS ?= 2
DEMO ?= --customers 200 --months 18 --seed 1

help:  ## print this list
	@echo "Ledgerdesk: the finance dashboard. Targets:"
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  make \1 \2/p' $(MAKEFILE_LIST) | awk '{ printf "  %s %-7s", $$1, $$2; $$1=$$2=""; print }'

setup: $(VENV)/.runs  ## make .venv and install what the app runs on (quick the second time)

run: setup  ## fill an empty database with the demo company, then serve the screens (PORT=8501)
	@echo "Looking for the books (an empty database gets a demo company; that takes a minute) ..."
	@$(PY) -m services demo --if-empty $(DEMO)
	@echo "Open http://localhost:$(PORT) in a browser. Ctrl+C stops the server."
	@$(VENV)/bin/streamlit run app.py --server.port $(PORT)

test: $(VENV)/.checks  ## run every test on SQLite and, where its programs are found, on PostgreSQL
	@echo "Testing with $(WORKERS) workers (WORKERS=n changes it) ..."
	@$(PY) -m pytest -n $(WORKERS) --dist loadgroup

check: $(VENV)/.checks  ## format, lint, strict types, import floors, house rules
	@echo "Format ..." && $(VENV)/bin/ruff format --check .
	@echo "Lint ..." && $(VENV)/bin/ruff check .
	@echo "Types ..." && $(VENV)/bin/mypy
	@echo "Floors ..." && $(VENV)/bin/lint-imports --no-logo
	@echo "House rules ..." && $(PY) -m pytest tests/house

fmt: $(VENV)/.checks  ## format every file and apply the linter's safe fixes
	@$(VENV)/bin/ruff format . && $(VENV)/bin/ruff check --fix .

prove: $(VENV)/.checks  ## run the long proofs at full size and write docs/proofs.md (hours; SHARE=0.1, ONLY=mail for some)
	@$(PY) -m tests.proofs --share $(or $(SHARE),1) $(if $(ONLY),--only $(ONLY))

bench: $(VENV)/.checks  ## print the table of speeds (POSTINGS=5000000 RECORDS=2500000)
	@$(PY) -m tests.benchmarks --postings $(or $(POSTINGS),5000000) --records $(or $(RECORDS),2500000)

match-bench: $(VENV)/.checks  ## match seeded receipts and print wrong, share, top-1, top-3 by situation (SEEDS=1-30)
	@$(PY) -m tests.benchmarks.matching --seeds $(or $(SEEDS),1-30)

receipts-bench: $(VENV)/.checks  ## import, match and accept a month of bank receipts and print how long (LINES=2000)
	@$(PY) -m tests.benchmarks.receipts --lines $(or $(LINES),2000)

month-bench: $(VENV)/.checks  ## bill a month of commitments and print it beside ordinary invoices (COMMITMENTS=2000)
	@$(PY) -m tests.benchmarks.monthly --commitments $(or $(COMMITMENTS),2000)

usage-bench: $(VENV)/.checks  ## import usage and print the share of a bare insert's speed (ROWS=1000000; ON=postgresql)
	@$(PY) -m tests.benchmarks.usage --rows $(or $(ROWS),1000000) $(if $(ON),--$(ON))

card-bench: $(VENV)/.checks  ## import charges of cards and print what one costs (CHARGES=3000)
	@$(PY) -m tests.benchmarks.cards --charges $(or $(CHARGES),3000)

search-bench: $(VENV)/.checks  ## search 200,000 customers on both databases and print times, finds, size (CUSTOMERS=200000)
	@$(PY) -m tests.benchmarks.search --customers $(or $(CUSTOMERS),200000)

pdf-bench: $(VENV)/.checks  ## zip and change 1,000 papers, then draw one and the same with WeasyPrint (needs Pango)
	@$(PY) -m tests.benchmarks.bulk --papers $(or $(PAPERS),1000)
	@$(PY) -m pip install --quiet --disable-pip-version-check -r tests/benchmarks/requirements.txt
	@$(PY) -m tests.benchmarks.papers

golden: $(VENV)/.checks  ## write the golden texts of papers and letters anew; read what changed before you commit it
	@LEDGERDESK_UPDATE_GOLDEN=1 $(PY) -m pytest -q tests/services/invoices/test_golden_papers.py \
	  tests/services/invoices/test_paper.py tests/services/invoices/test_note_paper.py \
	  tests/services/invoices/test_template.py tests/services/postpaid/test_letters.py tests/services/mail/test_letters.py \
	  tests/services/reporting/test_open_items.py tests/services/reporting/test_commitment_report.py

$(VENV)/bin/python:
	@found=$$(for name in "$$PYTHON" python3.11 python3.12 python3.13 python3.14 python3; do \
	  "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$name" && break; done); \
	if [ -z "$$found" ]; then \
	  echo "Ledgerdesk needs Python 3.11 or newer: install it, or say where it is with PYTHON=/path/to/python3." >&2; exit 1; fi; \
	echo "Making $(VENV) with $$($$found --version) ..."; \
	"$$found" -m venv $(VENV) || { echo "The venv module is missing: on Debian and Ubuntu, apt-get install python3-venv." >&2; rm -rf $(VENV); exit 1; }

$(VENV)/.runs: requirements.txt | $(VENV)/bin/python
	@echo "Installing what the app runs on (a minute or two the first time) ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.checks: requirements-dev.txt $(VENV)/.runs
	@echo "Installing what checks and tests need ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

.PHONY: help setup run test check fmt prove bench match-bench receipts-bench month-bench usage-bench card-bench search-bench pdf-bench golden
