# Two commands do everything on a machine with Python 3.11 and pip:
#   make report   set up, read corpus/raw, leave tables, a plot and one HTML page in out/
#   make test     set up, run the tests
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
GATE := tests/quality/test_gate.py::test_no_score_falls_under_its_floor

.PHONY: report test test-all lint gate bench clean

report: .venv/ready
	$(BIN)/wqnlp report corpus/raw -o out

test: .venv/ready
	$(BIN)/python -m pytest -n auto

test-all: .venv/ready
	$(BIN)/python -m pytest -n auto --dist worksteal -m "slow or not slow" --deselect $(GATE)

lint: .venv/ready
	$(BIN)/ruff check wqnlp tests
	$(BIN)/mypy

gate: .venv/ready
	$(BIN)/python -m pytest $(GATE) -m slow -s

bench: .venv/ready
	$(BIN)/python tests/benchmark/speed.py

.venv/ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -e ".[dev]"
	touch .venv/ready

clean:
	rm -rf .venv out
