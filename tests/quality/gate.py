"""Scores on the gold against pinned floors, and the command that pins them anew.

    python tests/quality/gate.py            measure and compare with floors.json
    python tests/quality/gate.py --repin    measure and write floors.json (floors only rise, unless --lower)

The gold sets are those of tests/gold (its README says which was tuned on and which was held out) and `seed`, two
summaries of a real damaged file. `dev+KIND` is dev after the damage simulator. The scorer and the seed stand in the
folder `shared` beside the repository.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).parents[1]
SHARED = TESTS.parents[1] / "shared"
SCORER = SHARED / "tools" / "score.py"
FLOORS = Path(__file__).with_name("floors.json")
NOISE = 0.0005
CEILINGS = ("false_per_document", "invented", "ece", "false_alarms")
PINNED = ("figures.found.f1", "figures.complete.f1", "figures.full.f1", "figures.value", "figures.bounds", "figures.unit",
          "figures.measure", "figures.issue", "figures.actor", "figures.role", "figures.parent", "figures.flags.f1",
          "figures.false_per_document", "figures.invented", "figures.ece", "documents.place", "documents.adcode",
          "documents.organisation", "documents.year", "documents.period", "documents.period_kind",
          "activities.found.f1", "activities.themes_micro.f1", "issues.found.f1", "issues.salience",
          "audits.found.f1", "audits.status.f1", "audits.false_alarms", "accounting.digits")
DAMAGES = ("traditional", "byte_gloss", "swallowed_digit", "figure_masks", "set_apart", "mixed")


def sets() -> dict[str, tuple[Path, Path]]:
    """Name of a gold set to (its gold folder, the inputs to extract)."""
    found = {folder.name: (folder, folder / "texts") for folder in sorted((TESTS / "gold").iterdir()) if folder.is_dir()}
    if (SHARED / "gold" / "seed").is_dir():
        found["seed"] = (SHARED / "gold" / "seed", SHARED / "archive")
    return {name: pair for name, pair in found.items() if pair[0].is_dir()}


def score(gold: Path, inputs: Path, out: Path) -> dict[str, float]:
    """The scorer's totals for one gold set, extracted afresh."""
    command = [sys.executable, "-m", "wqnlp", "extract", str(inputs), "-o", str(out), "--format", "jsonl", "--quiet"]
    subprocess.run(command, check=True)
    _within_summaries(out / "audits.jsonl")
    told = subprocess.run([sys.executable, str(SCORER), str(gold), str(out), "--json"],
                          check=True, capture_output=True, text=True).stdout
    return dict(json.loads(told)["total"])


def _within_summaries(table: Path) -> None:
    """Leave out audits between two summaries: the gold has those within one alone."""
    rows = [(line, json.loads(line)) for line in table.read_text("utf-8").splitlines()]
    kept = [line for line, row in rows if all(figure.rpartition(":")[0] == row["doc_id"] for figure in row["figures"])]
    table.write_text("".join(line + "\n" for line in kept), "utf-8")


def damaged(kind: str, folder: Path) -> tuple[Path, Path]:
    """dev with one kind of damage done to it, gold carried along."""
    subprocess.run([sys.executable, "-m", "wqnlp.quality.simulate", str(TESTS / "gold" / "dev"), str(folder),
                    "--kind", kind, "--seed", "7"], check=True, capture_output=True)
    return folder, folder / "texts"


def measure() -> dict[str, dict[str, float]]:
    """Every gold set's pinned scores."""
    found = {}
    with tempfile.TemporaryDirectory() as scratch:
        todo = sets() | {f"dev+{kind}": damaged(kind, Path(scratch) / f"in-{kind}") for kind in DAMAGES}
        for name, (gold, inputs) in todo.items():
            scores = score(gold, inputs, Path(scratch) / f"out-{name}")
            found[name] = {key: round(scores[key], 4) for key in PINNED if key in scores}
    return found


def fingerprint() -> str:
    """A hash of every gold row in the repository: scores on other gold are other scores."""
    rows = sorted((TESTS / "gold").glob("*/gold/*.jsonl")) + sorted((TESTS / "gold").glob("*/texts/*"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in rows)).hexdigest()[:16]


def worse(name: str, got: float, floor: float) -> bool:
    """Whether a score is on the wrong side of its floor (or ceiling)."""
    return got > floor + NOISE if name.endswith(CEILINGS) else got < floor - NOISE


def gate(measured: dict[str, dict[str, float]], pinned: dict) -> list[str]:
    """Why the change may not go in; an empty list lets it through."""
    if pinned["gold"] != fingerprint():
        return ["the gold changed: read the difference, then python tests/quality/gate.py --repin"]
    faults = []
    for name, floors in pinned["floors"].items():
        if name not in measured:
            faults.append(f"{name} was not measured")
            continue
        faults += [f"{name} {key}: {measured[name].get(key)} is worse than {floor}" for key, floor in floors.items()
                   if key not in measured[name] or worse(key, measured[name][key], floor)]
    return faults


def main() -> None:
    if not SCORER.is_file():
        sys.exit("the scorer is not beside this repository: nothing measured")
    measured = measure()
    for name, scores in measured.items():
        print(f"\n{name}")
        for key, value in scores.items():
            print(f"  {key:32}{value:9.4f}")
    if "--repin" in sys.argv:
        old = json.loads(FLOORS.read_text("utf-8"))["floors"] if FLOORS.exists() and "--lower" not in sys.argv else {}
        for name, floors in old.items():
            for key, floor in floors.items():
                if name in measured and key in measured[name] and worse(key, measured[name][key], floor):
                    measured[name][key] = floor
        text = json.dumps({"gold": fingerprint(), "floors": measured}, indent=1, ensure_ascii=False)
        FLOORS.write_text(text + "\n", "utf-8")
        print(f"\npinned in {FLOORS.name}")
        return
    faults = gate(measured, json.loads(FLOORS.read_text("utf-8")))
    print("\n".join(faults) or "\nno score under its floor")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
