"""Gold and predictions to Label Studio and doccano, and back: `python -m wqnlp.quality.exchange TABLES TEXTS OUT`.

A task is one source text with its spans. Offsets are code points of the source text in both formats: what is marked
in the other program comes back to the same characters. What a label cannot say (value, bounds, flags) travels beside
it, in `meta` (Label Studio) or the extra key `wqnlp` (doccano), and comes back with it when the span was left alone.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wqnlp.errors import DataError
from wqnlp.vocab import codes

Row = dict[str, Any]
GROUPS = ("figures", "activities", "issues")
KIND = {"figures": "measures", "activities": "themes", "issues": "issues"}
NONE = "none"                            # label of a unit of work that no theme fits
FROM = {"figures": "figure", "activities": "theme", "issues": "issue"}


@dataclass(slots=True)
class Task:
    """One source text with what is marked in it; `tables` holds rows of figures, activities and issues."""

    text: str
    path: str
    documents: list[Row] = field(default_factory=list)
    tables: dict[str, list[Row]] = field(default_factory=dict)


def labels(group: str, row: Mapping[str, Any]) -> list[str]:
    """The labels a row carries, with its group in front: one span may hold a figure and an issue.

    >>> labels("activities", {"themes": ["hotline", "legal_aid"]})
    ['theme:hotline', 'theme:legal_aid']
    """
    if group == "activities":
        found = list(row["themes"]) or [NONE]
    else:
        found = [row["measure"] if group == "figures" else row["issue"]]
    return [f"{FROM[group]}:{code}" for code in found]


def tasks(tables: Mapping[str, Sequence[Row]], texts: Mapping[str, str]) -> list[Task]:
    """Rows of tables as tasks, one a file. `texts` maps a document's `path` to its source text."""
    found: dict[str, Task] = {}
    home = {}
    for document in tables["documents"]:
        path = document["path"]
        found.setdefault(path, Task(texts[path], path, tables={group: [] for group in GROUPS}))
        found[path].documents.append(dict(document))
        home[document["doc_id"]] = path
    for group in GROUPS:
        for row in tables.get(group, ()):
            if "start" in row:                              # issues of gold name no place in the text
                found[home[row["doc_id"]]].tables[group].append(dict(row))
    return list(found.values())


def to_label_studio(task: Task) -> Row:
    """A task as Label Studio imports it (see `config`): data, and one annotation with all spans.

    >>> task = Task("接访96件", "a.txt", tables={"figures": [{"start": 2, "end": 5, "measure": "cases_received"}]})
    >>> to_label_studio(task)["annotations"][0]["result"][0]["value"]
    {'start': 2, 'end': 5, 'text': '96件', 'labels': ['figure:cases_received']}
    """
    result = []
    for group, number, row in _rows(task):
        result.append({"id": f"{group}-{number}", "from_name": "label", "to_name": "text", "type": "labels",
                       "value": {"start": row["start"], "end": row["end"], "text": task.text[row["start"]:row["end"]],
                                 "labels": labels(group, row)},
                       "meta": {"text": [json.dumps({"group": group, "row": row}, ensure_ascii=False)]}})
    return {"data": {"text": task.text, "path": task.path}, "meta": {"documents": task.documents},
            "annotations": [{"result": result}]}


def from_label_studio(told: Mapping[str, Any]) -> Task:
    """A task out of Label Studio's JSON export. Spans drawn there become rows with what a label says."""
    text = told["data"]["text"]
    task = Task(text, told["data"].get("path", ""), list((told.get("meta") or {}).get("documents", [])),
                {group: [] for group in GROUPS})
    for annotation in told.get("annotations", [])[:1]:
        for one in annotation["result"]:
            if one.get("type", "labels") != "labels":
                continue
            known = [json.loads(note) for note in (one.get("meta") or {}).get("text", []) if note.startswith('{"group"')]
            value = one["value"]
            _take(task, value["start"], value["end"], value["labels"], known[0] if known else None)
    return _sorted(task)


def to_doccano(task: Task) -> Row:
    """A task as doccano's JSONL of sequence labelling has it: `[start, end, label]`, each theme of a unit a span."""
    marked = [[row["start"], row["end"], label] for group, _, row in _rows(task) for label in labels(group, row)]
    rows = [{"group": group, "row": row} for group, _, row in _rows(task)]
    return {"text": task.text, "label": marked, "wqnlp": {"path": task.path, "documents": task.documents, "rows": rows}}


def from_doccano(told: Mapping[str, Any]) -> Task:
    """A task out of doccano: `label` and `entities` (its newer form) are both read."""
    beside = told.get("wqnlp") or (told.get("meta") or {}).get("wqnlp") or {}
    task = Task(told["text"], beside.get("path", ""), list(beside.get("documents", [])),
                {group: [] for group in GROUPS})
    marked = told.get("label") or [[e["start_offset"], e["end_offset"], e["label"]] for e in told.get("entities", [])]
    spans: dict[tuple[int, int, str], list[str]] = {}
    for start, end, label in marked:
        spans.setdefault((start, end, label.partition(":")[0]), []).append(label)
    known: dict[tuple[int, int, str], list[Row]] = {}
    for one in beside.get("rows", []):
        known.setdefault((one["row"]["start"], one["row"]["end"], FROM[one["group"]]), []).append(one)
    for (start, end, kind), named in spans.items():
        olds = known.get((start, end, kind), [])
        if len(olds) > 1:                                   # several rows of one kind on one span: each keeps its own
            for old in olds:
                if set(labels(old["group"], old["row"])) <= set(named):
                    _take(task, start, end, labels(old["group"], old["row"]), old)
            continue
        for group in [named] if kind == FROM["activities"] else [[label] for label in dict.fromkeys(named)]:
            _take(task, start, end, group, olds[0] if olds else None)
    return _sorted(task)


def _rows(task: Task) -> Iterable[tuple[str, int, Row]]:
    for group in GROUPS:
        for number, row in enumerate(task.tables.get(group, ())):
            yield group, number, row


def _take(task: Task, start: int, end: int, named: Sequence[str], old: Mapping[str, Any] | None) -> None:
    """A marked span as a row: the old one where nothing changed, else what the label says and no more."""
    kinds = {label.partition(":")[0] for label in named}
    group = next((group for group, kind in FROM.items() if kinds == {kind}), None)
    found = [label.partition(":")[2] for label in named]
    wrong = [code for code in found if group is None or (code != NONE and code not in codes(KIND[group]))]
    if group is None or wrong or not 0 <= start < end <= len(task.text):
        raise DataError("E33", task.path or "task", f"the span {start} to {end} is marked {', '.join(named)}",
                        "use the labels of wqnlp.quality.exchange.config(), one kind a span")
    if old is not None and old["group"] == group and (old["row"]["start"], old["row"]["end"]) == (start, end) \
            and labels(group, old["row"]) == list(named):
        task.tables[group].append(dict(old["row"]))
        return
    row: Row = {"doc_id": _home(task, start), "start": start, "end": end, "text": task.text[start:end]}
    if group == "activities":
        row["themes"] = [code for code in found if code != NONE]
    else:
        row["measure" if group == "figures" else "issue"] = found[0]
    task.tables[group].append(row)


def _home(task: Task, start: int) -> str | None:
    return next((d["doc_id"] for d in task.documents if d["start"] <= start < d["end"]), None)


def _sorted(task: Task) -> Task:
    for rows in task.tables.values():
        rows.sort(key=lambda row: (row["start"], row["end"]))
    return task


def config() -> str:
    """The labelling interface to paste into Label Studio: one label a code."""
    listed = [f"{FROM[group]}:{code}" for group in GROUPS for code in codes(KIND[group])] + [f"theme:{NONE}"]
    inside = "\n".join(f'    <Label value="{label}"/>' for label in listed)
    return f'<View>\n  <Labels name="label" toName="text">\n{inside}\n  </Labels>\n' \
           '  <Text name="text" value="$text"/>\n</View>\n'


def read_tables(folder: Path) -> dict[str, list[Row]]:
    """The JSON Lines tables of a folder: an output of `wqnlp extract`, or a gold folder."""
    return {name: [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]
            for name in ("documents", *GROUPS) if (path := folder / f"{name}.jsonl").is_file()}


def main(tables: Path, texts: Path, out: Path) -> int:
    """Write `label-studio.json`, `label-studio.xml` and `doccano.jsonl`; the number of tasks."""
    from wqnlp.source import read

    rows = read_tables(tables)
    found = tasks(rows, {d["path"]: read(_file(d["path"], texts)).text for d in rows["documents"]})
    out.mkdir(parents=True, exist_ok=True)
    (out / "label-studio.json").write_text(json.dumps([to_label_studio(t) for t in found], ensure_ascii=False), "utf-8")
    (out / "label-studio.xml").write_text(config(), "utf-8")
    lines = [json.dumps(to_doccano(task), ensure_ascii=False) + "\n" for task in found]
    (out / "doccano.jsonl").write_text("".join(lines), "utf-8")
    return len(found)


def _file(path: str, texts: Path) -> Path:
    return Path(path) if Path(path).is_file() else texts / Path(path).name


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("python -m wqnlp.quality.exchange TABLES TEXTS OUT")
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
