# On a new machine, run `make demo` or `make test`; both create their own virtual environment.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test check docs coverage bench property fuzz torture clean

demo: $(VENV)/.installed
	$(BIN)/msme-kg query members --as-of 2023-08-01
	@echo
	$(BIN)/msme-kg query coverage --as-of 2023-08-01

# Tests start the command hundreds of times, so compile it once. Many wait for processes, so one more runs than there are
# processors; neighbours run in one worker, which share what is costly to set up, until another has nothing to do.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')
test: $(VENV)/.tested
	$(BIN)/python -m compileall -q msme_kg
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

check: $(VENV)/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/msme-kg fmt --check
	$(BIN)/msme-kg validate

# Rewrite the generated parts of docs/: the command reference and the table of checks.
docs: $(VENV)/.tested
	$(BIN)/python -m pytest tests/documentation --update-golden

# Coverage of lines and branches in the test processes; commands run as separate processes are not measured.
coverage: $(VENV)/.tested
	$(BIN)/python -m pytest -n logical --cov --cov-report=term

# Run the benchmark. BENCH takes options, such as BENCH='--only 1x,update'; `python bench/run.py --list` lists the jobs.
bench: $(VENV)/.benched
	$(BIN)/python -m compileall -q msme_kg
	$(BIN)/python bench/run.py $(BENCH)

# Property tests with EXAMPLES times as many examples as in `make test`.
EXAMPLES ?= 20
property: $(VENV)/.tested
	MSME_KG_EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest -n logical -m hypothesis

# Fuzz each target for FUZZ_SECONDS; failing inputs are saved in the folder that the last line of output names.
# Then run commands against FUZZ_ANSWERS random hostile answers of endpoints.
FUZZ_SECONDS ?= 200
FUZZ_ANSWERS ?= 500
fuzz: $(VENV)/.tested
	PYTHONPATH=tests $(BIN)/python -m fuzz.run --seconds $(FUZZ_SECONDS)
	PYTHONPATH=tests $(BIN)/python -m http_faults.campaign --answers $(FUZZ_ANSWERS) --seed $$$$

# Make each system call of each writing command fail once in each way, and send SIGKILL at random moments; then kill
# members of the clusters of deploy/ under a constant load of queries.
TORTURE_KILLS ?= 1000
PUSH_KILLS ?= 100
torture: $(VENV)/.tested
	PYTHONPATH=tests $(BIN)/python -m crash_safety.run --kills $(TORTURE_KILLS)
	PYTHONPATH=tests $(BIN)/python -m triple_stores.killing oxigraph $(PUSH_KILLS)
	PYTHONPATH=tests $(BIN)/python -m replication.releases
	PYTHONPATH=tests $(BIN)/python -m replication.live_writes

clean:
	rm -rf $(VENV) build dist

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is required: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.tested: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	touch $@

$(VENV)/.benched: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	touch $@
