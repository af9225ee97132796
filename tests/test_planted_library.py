"""A library of the gold summaries with copies planted in it: cells as the gold has them, copies found, none wrong."""

import json
from pathlib import Path

import pandas as pd
import pytest
from planting import redated, renumbered, spun

import wqnlp
from wqnlp.compare import panel, panel_of
from wqnlp.records import Document, Figure

GOLD = Path(__file__).parent / "gold/dev"
ASKED = [(["cases_received", "case_visits"], None), ("cases_received", "land_rights"), ("cases_received", "labour"),
         (["cases_received", "case_visits"], "domestic_violence"),
         ("cases_received", "marriage_family"), ("materials", None), ("cases_resolved", None)]
FLAGGED = {"approximate", "masked", "damaged", "none"}


def rows(name):
    return [json.loads(line) for line in (GOLD / f"gold/{name}.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """Each gold summary; of every one a copy put up under a later year, of every second one spun words, and of every
    third last year's form filled in anew with other numbers."""
    folder = tmp_path_factory.mktemp("planted")
    for n, path in enumerate(sorted((GOLD / "texts").glob("*.txt"))):
        text = path.read_text("utf-8")
        made = {"": text, "~redated": redated(text, 9)}
        made |= {"~spun": spun(text, 0.15, path.stem)} if n % 2 else {}
        made |= {"~anew": renumbered(redated(text, 1), path.stem)} if n % 3 == 0 else {}
        for kind, told in made.items():
            (folder / f"{path.stem}{kind}.txt").write_text(told, "utf-8")
    wqnlp.extract([folder], store=folder / "library.db")
    with wqnlp.open_store(folder / "library.db") as store:
        yield store


def name(path):
    return Path(path).stem


def test_copies_are_found_and_nothing_else(library):
    documents = library.documents()
    names = {row.doc_id: name(row.path) for row in documents.itertuples()}
    found = {frozenset((names[row.doc_id], names[copy["doc_id"]])) for row in documents.itertuples()
             for copy in row.copies}
    wanted = {frozenset((a, b)) for a in names.values() for b in names.values()
              if a < b and a.split("~")[0] == b.split("~")[0]}
    right = len(found & wanted)
    print(f"copies: precision {right / len(found):.3f}, recall {right / len(wanted):.3f} of {len(wanted)}")
    assert right / len(found) >= 0.98 and right / len(wanted) >= 0.98


def cells_of(library, measure, issue):
    """Gold cells by text, and the cells of the library's panel that stand for the same text."""
    documents = [Document(**row) for row in rows("documents")]
    texts = {p.stem: p.read_text("utf-8") for p in (GOLD / "texts").glob("*.txt")}
    figures = [Figure(**{**row, "flags": tuple(row["flags"]), "sentence": texts[row["doc_id"]][
        texts[row["doc_id"]].rfind("。", 0, row["start"]) + 1:row["end"]]}) for row in rows("figures")]
    wanted = {row["doc_id"]: row for row in panel(documents, figures, measure, issue).to_dict("records")}
    names = {row.doc_id: name(row.path) for row in library.documents().itertuples()}
    found = [row | {"name": names[row["doc_id"]]} for row in panel_of(library, measure, issue).to_dict("records")]
    return wanted, [row for row in found if "~anew" not in row["name"]]


def test_cells_are_those_of_the_gold(library):
    right, wrong, all_ = 0, [], 0
    for measure, issue in ASKED:
        wanted, found = cells_of(library, measure, issue)
        for text, gold in wanted.items():
            rows_ = [row for row in found if row["name"].split("~")[0] == text]
            all_ += 1
            same = [row for row in rows_ if (pd.isna(row["value"]) and pd.isna(gold["value"])) or row["value"] == gold["value"]]
            right += len(rows_) == 1 == len(same)
            wrong += [(measure, issue, row["name"], row["value"], gold["value"], row["status"]) for row in rows_
                      if row not in same and row["status"] not in FLAGGED and "未写明" not in row["note"]]
            if not (len(rows_) == 1 == len(same)):
                print(measure, issue, text, [(r["name"], r["value"], r["status"]) for r in rows_], gold["value"])
    print(f"cells: {right} of {all_} right, {len(wrong)} wrong without a flag: {wrong}")
    assert right / all_ >= 0.95 and wrong == []


def test_places_and_years_of_the_originals_are_kept(library):
    """Of a text and its copy under a later year the panel keeps one; where it is the later, it says there is another."""
    _, found = cells_of(library, ["cases_received", "case_visits"], None)
    late = [row for row in found if "~redated" in row["name"]]
    print("redated taken as original:", [(row["name"], row["year"]) for row in late])
    dated = [row for row in found if redated(text := (GOLD / f"texts/{row['name'].split('~')[0]}.txt").read_text("utf-8"), 9)
             != text]
    assert len(dated) >= 8 and all("同一文本" in row["note"] and row["note"][-1] == "）" for row in dated)
    assert len(late) <= 2
