# Two commands do everything on a machine with Python 3.11 and pip:
#   make report   set up, read corpus/raw, leave tables, a plot and one HTML page in out/
#   make test     set up, run the tests
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin

.PHONY: report test test-all lint gate bench clean

report: .venv/ready
	$(BIN)/wqnlp report corpus/raw -o out

test: .venv/ready
	$(BIN)/python -m pytest

test-all: .venv/ready
	$(BIN)/python -m pytest -m "slow or not slow"

lint: .venv/ready
	$(BIN)/ruff check wqnlp tests
	$(BIN)/mypy

gate: .venv/ready
	$(BIN)/python -m pytest tests/quality -m "slow or not slow" -s

bench: .venv/ready
	$(BIN)/python tests/benchmark/speed.py

.venv/ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -e ".[dev]"
	touch .venv/ready

clean:
	rm -rf .venv out
