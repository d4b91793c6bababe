# `make build` and `make test` need Python 3.11 or newer, pip, make and git, and nothing set up before.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
INSTALLED_DEV := $(VENV)/.installed_dev
METRICS_VENV := .venv-metrics
SPARK_VENV := .venv-spark
APACHE_SPARK_VENV := .venv-apache-spark

export DBT_SEND_ANONYMOUS_USAGE_STATS := false

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

# A lock holds a hash for each package; the project itself comes second, without dependencies of its own.
$(INSTALLED): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed, but $(PYTHON) is $$($(PYTHON) --version). Try: make build PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(INSTALLED)

.PHONY: install
install: $(INSTALLED) ## Make .venv from the lock, with what a build needs and nothing else

# Tests and linters come on top, of the same versions.
$(INSTALLED_DEV): $(INSTALLED) requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $(INSTALLED_DEV)

.PHONY: install-dev
install-dev: $(INSTALLED_DEV) ## Add the tests' and linters' packages to .venv

.PHONY: build
build: $(INSTALLED) ## Build, test and publish the demo company, and say what was found
	$(BIN)/dbt build --exclude-resource-type unit_test
	@$(BIN)/python -m customer_personas report
	@$(BIN)/python -m customer_personas summary

.PHONY: lint
lint: lint-python ## Check the style of Python and of all SQL
	$(SQLFLUFF) lint $(SQL_FOLDERS)

.PHONY: lint-python
lint-python: $(INSTALLED_DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

SQL_FOLDERS := models tests analyses
# without collecting garbage, of which parse trees make little: a quarter of the time
SQLFLUFF := $(BIN)/python -c 'import gc; gc.disable(); from sqlfluff.cli.commands import cli; cli()'

# All of it takes three minutes, and CI does it. Where there is no branch main to compare with, all of it here, too.
.PHONY: lint-changed
lint-changed: lint-python ## Check the style of Python and of the SQL that differs from the branch main
	@if base=$$(git merge-base HEAD main 2> /dev/null); then \
		changed=$$(git diff --name-only --relative --diff-filter=d $$base -- $(SQL_FOLDERS); \
			git ls-files --others --exclude-standard -- $(SQL_FOLDERS)); \
		changed=$$(echo "$$changed" | grep '[.]sql$$' || true); \
	else changed="$(SQL_FOLDERS)"; fi; \
	test -z "$$changed" || $(SQLFLUFF) lint $$changed

.PHONY: test
test: PYTEST_ARGUMENTS := -m "not slow"
test: $(INSTALLED_DEV) ## Lint what changed, and all tests but the slow ones: what has to pass before a change goes in
	@$(MAKE) --no-print-directory --jobs 2 lint-changed pytest PYTEST_ARGUMENTS='$(PYTEST_ARGUMENTS)'

.PHONY: test-slow
test-slow: PYTEST_ARGUMENTS := -m slow
test-slow: $(METRICS_VENV)/.installed pytest ## The slow tests: all dialects, fifty kills, other DuckDB clients, real records, long fuzz
	@$(MAKE) --no-print-directory fuzz FUZZ_EXAMPLES=1000

.PHONY: test-all
test-all: $(INSTALLED_DEV) ## Everything: make test, then make test-slow
	@$(MAKE) --no-print-directory test
	@$(MAKE) --no-print-directory test-slow
	@$(MAKE) --no-print-directory attack

# Tests of a file run in one process; files begin in the order that conftest.py gives them, long ones first.
.PHONY: pytest
pytest: $(INSTALLED_DEV)
	$(BIN)/python -m pytest $(PYTEST_ARGUMENTS) --numprocesses auto --maxprocesses 4 --dist loadgroup \
		--no-loadscope-reorder

.PHONY: online-retail
online-retail: export PERSONA_WAREHOUSE := warehouse/online_retail.duckdb
online-retail: export PERSONA_STATE := state/online_retail.duckdb
online-retail: export PERSONA_PUBLISH_DIR := published/online_retail
online-retail: $(INSTALLED) ## Build UCI Online Retail II from the folder PERSONA_ONLINE_RETAIL_DIR
	@test -f "$(PERSONA_ONLINE_RETAIL_DIR)/online_retail_II.csv" \
		|| { echo "There is no online_retail_II.csv in PERSONA_ONLINE_RETAIL_DIR ('$(PERSONA_ONLINE_RETAIL_DIR)'). Get it from the UCI repository (README) and export PERSONA_ONLINE_RETAIL_DIR=<its folder>."; exit 1; }
	$(BIN)/dbt build --exclude-resource-type unit_test --target-path target/online_retail --vars '{source_systems: {online_retail: [order_lines]}}'
	@$(BIN)/python -m customer_personas report
	@$(BIN)/python -m customer_personas summary

.PHONY: complete-journey
complete-journey: export PERSONA_WAREHOUSE := warehouse/complete_journey.duckdb
complete-journey: export PERSONA_STATE := state/complete_journey.duckdb
complete-journey: export PERSONA_PUBLISH_DIR := published/complete_journey
complete-journey: $(INSTALLED) ## Build 84.51 Complete Journey from the folder PERSONA_COMPLETE_JOURNEY_DIR
	@test -f "$(PERSONA_COMPLETE_JOURNEY_DIR)/transactions_sample.csv" \
		|| { echo "There is no transactions_sample.csv in PERSONA_COMPLETE_JOURNEY_DIR ('$(PERSONA_COMPLETE_JOURNEY_DIR)'). README says where to get it; then export PERSONA_COMPLETE_JOURNEY_DIR=<its folder>."; exit 1; }
	$(BIN)/dbt build --exclude-resource-type unit_test --target-path target/complete_journey --vars '{source_systems: {complete_journey: [customers, order_lines, contacts]}}'
	@$(BIN)/python -m customer_personas report
	@$(BIN)/python -m customer_personas summary

.PHONY: check
check: $(INSTALLED) ## Say what a build would make of the files in the landing folder
	$(BIN)/python -m customer_personas check

.PHONY: attack
attack: $(INSTALLED_DEV) ## Try what an attacker would: disguised identifiers, and figures worked out from published ones
	$(BIN)/python -m pytest tests/python/attack tests/python/warehouse/test_disclosure.py \
		tests/python/warehouse/test_privacy.py --numprocesses auto --maxprocesses 4

FUZZ_EXAMPLES ?= 10000

.PHONY: fuzz
fuzz: $(INSTALLED_DEV) ## Try 10,000 made-up files of each kind (make test tries 25), 200 sequences of deliveries
	PERSONA_FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) $(BIN)/python -m pytest \
		tests/python/unit/intake/test_intake_fuzz.py tests/python/unit/intake/test_kept_files.py --numprocesses auto --maxprocesses 4

.PHONY: demo-seeds
demo-seeds: $(INSTALLED) ## Simulate the demo company anew into seeds/demo
	$(BIN)/python -m customer_personas simulate --customers 1500 --seed 1 --format csv \
		--out target/demo --truth tests/demo_truth
	for entity in customers order_lines web_events feedback declared_needs consents contacts; do \
		cp target/demo/$$entity.csv seeds/demo/demo_$$entity.csv; done

SIZES ?= 2000 20000
BENCH_VENV := .venv-bench

# Polars and PySpark (which needs Java 17) are measured against, and no part of the project.
$(BENCH_VENV)/.installed: benchmarks/requirements.txt
	$(PYTHON) -m venv $(BENCH_VENV)
	$(BENCH_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r benchmarks/requirements.txt
	@touch $@

.PHONY: bench
bench: $(INSTALLED) ## Measure builds beside other means (SIZES="2000 20000") and write docs/benchmarks.md
	-@$(MAKE) --no-print-directory $(BENCH_VENV)/.installed
	$(BIN)/python -m benchmarks.scale $(SIZES)

COMPANIES ?=

.PHONY: evaluate
evaluate: $(INSTALLED) ## Build the demo, the companies in PERSONA_REAL_DATA and 30 simulated ones, and print what models are worth
	@$(BIN)/python -m benchmarks.evaluate $(COMPANIES)

.PHONY: results
results: $(INSTALLED) ## Write the results of queries in the documents anew, from the published demo
	$(BIN)/python -m benchmarks.document_results

.PHONY: textbook
textbook: $(INSTALLED) ## Hold the textbook recipe against ours, on the demo and on PERSONA_REAL_DATA, and write docs/textbook.md
	$(BIN)/python -m benchmarks.textbook

# all of them, unless a query is given: QUERY="--metrics revenue --group-by metric_time__month"
QUERY ?=
SAVED_QUERIES := monthly_metrics persona_shares persona_moves

# MetricFlow asks the published file, and is no part of a build.
$(METRICS_VENV)/.installed: bi/metrics/requirements.txt
	$(PYTHON) -m venv $(METRICS_VENV)
	$(METRICS_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bi/metrics/requirements.txt
	@touch $@

.PHONY: metrics
metrics: export DBT_PROFILES_DIR := profiles/metrics
metrics: $(INSTALLED) $(METRICS_VENV)/.installed ## Ask MetricFlow the saved queries of the published file (or QUERY="--metrics revenue")
	@$(BIN)/dbt --quiet parse
	@for query in $(if $(QUERY),'',$(SAVED_QUERIES)); do \
		$(METRICS_VENV)/bin/mf query $${query:+--saved-query $$query} $(QUERY) || exit 1; done

# Spark Connect by Sail, which needs no Java: a build's packages, and what speaks with Spark.
$(SPARK_VENV)/.installed: requirements.txt requirements-spark.txt
	$(PYTHON) -m venv $(SPARK_VENV)
	$(SPARK_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(SPARK_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-spark.txt
	$(SPARK_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.PHONY: spark
spark: $(SPARK_VENV)/.installed ## Build the demo with Spark SQL (on Sail) and with DuckDB, and compare all that is published
	$(SPARK_VENV)/bin/python -m benchmarks.spark

$(APACHE_SPARK_VENV)/.installed: requirements-apache-spark.txt
	@java -version 2> /dev/null || { echo "Apache Spark needs Java 17 or newer, and no java is in the PATH."; exit 1; }
	$(PYTHON) -m venv $(APACHE_SPARK_VENV)
	$(APACHE_SPARK_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-apache-spark.txt
	$(APACHE_SPARK_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.PHONY: spark-real
spark-real: $(APACHE_SPARK_VENV)/.installed ## The same on Apache Spark with two executors, one of which is killed (needs Java)
	$(APACHE_SPARK_VENV)/bin/python -m benchmarks.spark --apache-spark

SUPERSET_VENV := .venv-superset
SUPERSET := $(SUPERSET_VENV)/bin/superset
PORT ?= 8088

$(SUPERSET_VENV)/.installed: bi/superset/requirements.txt
	$(PYTHON) -m venv $(SUPERSET_VENV)
	$(SUPERSET_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bi/superset/requirements.txt
	@touch $@

.PHONY: dashboard
dashboard: export SUPERSET_HOME := $(CURDIR)/.superset
dashboard: export SUPERSET_CONFIG_PATH := $(CURDIR)/bi/superset/superset_config.py
dashboard: export FLASK_APP := superset
dashboard: $(INSTALLED) $(SUPERSET_VENV)/.installed ## Show what is published as dashboards: Superset on this machine (PORT=8088)
	@mkdir -p -m 700 $(SUPERSET_HOME)
	$(BIN)/python -m bi.superset.bundle $(SUPERSET_HOME)/dashboards.zip
	@{ $(SUPERSET) db upgrade && $(SUPERSET_VENV)/bin/python bi/superset/load.py $(SUPERSET_HOME)/dashboards.zip; } \
		> $(SUPERSET_HOME)/log 2>&1 || { tail $(SUPERSET_HOME)/log; exit 1; }
	@echo "http://127.0.0.1:$(PORT)/dashboard/list/ (user admin, password $$(cat $(SUPERSET_HOME)/password)). End it with Ctrl+C."
	@$(SUPERSET) run --host 127.0.0.1 --port $(PORT) --with-threads >> $(SUPERSET_HOME)/log 2>&1

.PHONY: docs
docs: $(INSTALLED_DEV) ## Write the guides and dbt's documentation as one static site into target/site
	$(BIN)/dbt docs generate --static
	$(BIN)/python -m sphinx -q -E -W --keep-going -c docs/site -d target/doctrees . target/site
	@mkdir -p target/site/dbt && cp target/static_index.html target/site/dbt/index.html
	@echo "Open target/site/index.html"

COMPILE := $(BIN)/uv pip compile --quiet --generate-hashes --no-strip-extras \
	--universal --python-version 3.11 --no-emit-index-url --custom-compile-command "make lock"

.PHONY: lock
lock: $(INSTALLED_DEV) ## Resolve the locks anew from pyproject.toml, and those of the benchmarks, the metrics and the dashboards
	$(COMPILE) pyproject.toml --extra build --output-file requirements.txt
	$(COMPILE) pyproject.toml --extra build --extra dev --constraint requirements.txt \
		--output-file requirements-dev.txt
	$(COMPILE) pyproject.toml --extra build --extra spark --constraint requirements.txt \
		--output-file requirements-spark.txt
	$(COMPILE) pyproject.toml --extra build --extra apache-spark --constraint requirements.txt \
		--output-file requirements-apache-spark.txt
	$(COMPILE) benchmarks/requirements.in --output-file benchmarks/requirements.txt
	$(COMPILE) bi/metrics/requirements.in --constraint requirements.txt --output-file bi/metrics/requirements.txt
	$(COMPILE) bi/superset/requirements.in --output-file bi/superset/requirements.txt

.PHONY: clean
clean: ## Remove what builds leave behind, but never state/
	rm -rf target logs warehouse published
