"""To Label Studio and doccano and back: nothing lost, what was marked there comes back to the same characters."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from wqnlp.errors import DataError
from wqnlp.pipeline import run
from wqnlp.quality.exchange import (
    config,
    from_doccano,
    from_label_studio,
    main,
    read_tables,
    tasks,
    to_doccano,
    to_label_studio,
)
from wqnlp.store.schema import plain

GOLD = Path(__file__).parent / "gold" / "dev"
WAYS = [(to_label_studio, from_label_studio), (to_doccano, from_doccano)]


def gold_tasks():
    tables = read_tables(GOLD / "gold")
    texts = {d["path"]: (GOLD / "texts" / Path(d["path"]).name).read_bytes().decode("utf-8")
             for d in tables["documents"]}
    return tasks(tables, texts)


def predicted_tasks():
    results = [run(path) for path in sorted((GOLD / "texts").glob("*.txt"))[:5]]
    tables = {name: [plain(r) for result in results for r in result.rows(name)]
              for name in ("documents", "figures", "activities", "issues")}
    return tasks(tables, {result.path: result.source.text for result in results})


def by_place(task):
    return {group: sorted(map(json.dumps, rows)) for group, rows in task.tables.items()}


@pytest.mark.parametrize("made", [gold_tasks, predicted_tasks])
@pytest.mark.parametrize(("there", "back"), WAYS)
def test_there_and_back(made, there, back):
    found = made()
    assert sum(len(task.tables["figures"]) for task in found) > 100
    for task in found:
        again = back(json.loads(json.dumps(there(task), ensure_ascii=False)))
        assert (again.text, again.path, again.documents) == (task.text, task.path, task.documents)
        assert by_place(again) == by_place(task)


@pytest.mark.parametrize(("there", "back"), WAYS)
def test_what_is_changed_there_comes_back_changed(there, back):
    task = gold_tasks()[0]
    told, figure = there(task), task.tables["figures"][0]
    start = task.text.index("妇联")
    if "label" in told:
        told["label"] = [mark for mark in told["label"] if mark[:2] != [figure["start"], figure["end"]]]
        told["label"] += [[figure["start"], figure["end"], "figure:other"], [start, start + 2, "issue:divorce"]]
    else:
        result = told["annotations"][0]["result"]
        result[0]["value"]["labels"] = ["figure:other"]
        result.append({"type": "labels", "value": {"start": start, "end": start + 2, "labels": ["issue:divorce"]}})
    again = back(told)
    [row] = [r for r in again.tables["figures"] if r["start"] == figure["start"]]
    assert row["measure"] == "other" and "value" not in row, "a value is not carried over to another label"
    assert {"issue": "divorce", "doc_id": task.documents[0]["doc_id"], "start": start, "end": start + 2,
            "text": "妇联"} in again.tables["issues"]


def test_doccano_newer_form():
    told = {"text": "接访96件", "entities": [{"start_offset": 2, "end_offset": 5, "label": "figure:cases_received"}]}
    [row] = from_doccano(told).tables["figures"]
    assert (row["text"], row["measure"]) == ("96件", "cases_received")


@pytest.mark.parametrize("label", ["figure:nonsense", "nonsense", "theme:divorce"])
def test_a_label_that_is_no_code_is_refused(label):
    with pytest.raises(DataError, match="is marked"):
        from_doccano({"text": "接访96件", "label": [[2, 5, label]]})
    with pytest.raises(DataError):
        from_doccano({"text": "接访96件", "label": [[2, 50, "issue:divorce"]]})


def test_the_interface_is_sound_and_has_every_code():
    labels = [e.get("value") for e in ElementTree.fromstring(config()).iter("Label")]
    assert "issue:domestic_violence" in labels and "theme:hotline" in labels and len(labels) == len(set(labels))


def test_files_are_written(tmp_path):
    assert main(GOLD / "gold", GOLD / "texts", tmp_path) == 14
    assert len((tmp_path / "doccano.jsonl").read_text("utf-8").splitlines()) == 14
    assert len(json.loads((tmp_path / "label-studio.json").read_text("utf-8"))) == 14
