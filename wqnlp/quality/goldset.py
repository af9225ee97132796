"""Gold out of authored summaries: `python -m wqnlp.quality.goldset SRC OUT`.

SRC holds `NAME.gold.txt`: front matter of `key: value` lines between two `---`, then the text. `# ` begins a
heading, `@theme,theme@ ` an activity, and `{{SURFACE|k=v;k=v}}` is a figure with the keys id, v value, lo, hi,
u unit, k kind, m measure, i issue, a actor, r role, p parent, f flags (joined by +), ps and pe the first and last day
of a period that is not the document's. Front matter keys are those
of a document, `issues: code=salience, ...`, and any number of `audit: KIND f1 = f2 + f3 : STATUS`.
OUT gets `texts/NAME.txt` and `gold/*.jsonl`, with the columns that the tables of the same name have.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wqnlp import vocab
from wqnlp.errors import DataError

Row = dict[str, Any]
TOKEN = re.compile(r"\{\{(.*?)\|([^{}|]*)\}\}")
ACTIVITY = re.compile(r"@([a-z_,]+)@ ")
AUDIT = re.compile(r"(\w+) (.+?) : (\w+)$")
FIELDS = ("organisation", "place", "adcode", "level", "period_start", "period_end", "period_kind")


@dataclass(slots=True)
class Gold:
    """One authored summary: its plain text and its rows."""

    name: str
    text: str = ""
    document: Row = field(default_factory=dict)
    figures: list[Row] = field(default_factory=list)
    activities: list[Row] = field(default_factory=list)
    issues: list[Row] = field(default_factory=list)
    audits: list[Row] = field(default_factory=list)


def parse(source: str, name: str) -> Gold:
    """Read one authored summary. Raises DataError E33 on an unknown code, id or audit line.

    >>> body = "总结\\n@hotline@ 接听{{12次|id=f1;v=12;u=次;k=count;m=consultations}}。"
    >>> gold = parse("---\\ntitle: 总结\\n---\\n" + body, "a")
    >>> gold.text, gold.figures[0]["id"], gold.activities[0]["themes"]
    ('总结\\n接听12次。', 'a:5-8', ['hotline'])
    """
    lines = source.split("\n")
    end = lines.index("---", 1)
    head, audits = _front_matter(lines[1:end])
    gold = Gold(name)
    for line in lines[end + 1:]:
        _read_line(gold, line)
    gold.text = gold.text.removesuffix("\n")
    ids = {row["id"]: f"{name}:{row['start']}-{row['end']}" for row in gold.figures}
    for row in gold.figures:
        if row["parent"] is not None and row["parent"] not in ids:
            raise DataError("E33", name, f"{row['id']} has the unknown parent {row['parent']}")
        row.update(id=ids[row["id"]], parent=ids.get(row["parent"]), doc_id=name)
    gold.issues = [{"issue": code, "salience": weight, "doc_id": name} for code, _, weight in
                   (pair.partition("=") for pair in (head.get("issues") or "").split(", ") if pair)]
    gold.audits = [_audit(line, ids, name) for line in audits]
    gold.document = {"doc_id": name, "path": f"{name}.txt", "start": 0, "end": len(gold.text), "title": head["title"],
                     **{key: head.get(key) for key in FIELDS},
                     "year": int(head["year"] or 0) or None if "year" in head else None}
    _check(gold)
    return gold


def _front_matter(lines: Sequence[str]) -> tuple[dict[str, str | None], list[str]]:
    head: dict[str, str | None] = {}
    audits = []
    for line in lines:
        key, _, value = line.partition(": ")
        if key == "audit":
            audits.append(value)
        else:
            head[key] = None if value == "null" else value
    return head, audits


def _read_line(gold: Gold, line: str) -> None:
    """Add one authored line, with what is marked in it, to the text and the rows."""
    themes = None
    if line.startswith("# "):
        line = line[2:]
    elif mark := ACTIVITY.match(line):
        themes, line = mark[1].split(","), line[mark.end():]
    start, cursor = len(gold.text), 0
    for mark in TOKEN.finditer(line):
        gold.text += line[cursor:mark.start()]
        gold.figures.append(_figure(mark[1], mark[2], len(gold.text)))
        gold.text += mark[1]
        cursor = mark.end()
    gold.text += line[cursor:]
    if themes is not None:
        gold.activities.append({"start": start, "end": len(gold.text), "text": gold.text[start:], "themes": themes,
                                "id": f"{gold.name}:{start}-{len(gold.text)}", "doc_id": gold.name})
    gold.text += "\n"


def _figure(surface: str, marks: str, start: int) -> Row:
    keys = dict(pair.split("=", 1) for pair in marks.split(";"))
    value = _number(keys.get("v"))
    return {"id": keys["id"], "start": start, "end": start + len(surface), "text": surface, "value": value,
            "low": _number(keys["lo"]) if "lo" in keys else value,
            "high": _number(keys["hi"]) if "hi" in keys else value,
            "unit": keys.get("u"), "kind": keys.get("k"), "measure": keys.get("m"), "issue": keys.get("i"),
            "actor": keys.get("a"), "role": keys.get("r", "single"), "parent": keys.get("p"),
            "flags": keys["f"].split("+") if keys.get("f") else [],
            **({"period_start": keys["ps"], "period_end": keys["pe"]} if "ps" in keys else {})}


def _number(text: str | None) -> float | int | None:
    if text in (None, "null"):
        return None
    value = float(text)
    return int(value) if value.is_integer() else value


def _audit(line: str, ids: dict[str, str], name: str) -> Row:
    mark = AUDIT.match(line)
    if mark is None:
        raise DataError("E33", name, f"not an audit line: {line}")
    return {"doc_id": name, "kind": mark[1], "status": mark[3],
            "figures": [ids[known] for known in dict.fromkeys(re.findall(r"\bf\d+\b", mark[2]))]}


def _check(gold: Gold) -> None:
    for column, kind in (("measure", "measures"), ("issue", "issues"), ("actor", "actors")):
        for row in gold.figures:
            if row[column] is not None and row[column] not in vocab.codes(kind):
                raise DataError("E33", gold.name, f"{row['text']}: {row[column]} is not one of the {kind}")
    unknown = {code for row in gold.activities for code in row["themes"]} - set(vocab.codes("themes"))
    unknown |= {row["issue"] for row in gold.issues} - set(vocab.codes("issues"))
    if unknown:
        raise DataError("E33", gold.name, f"not in the taxonomy: {sorted(unknown)}")


def build(source: Path, target: Path) -> list[Gold]:
    """Write texts and gold tables of every `*.gold.txt` of a folder; the summaries, in order of their names."""
    found = [parse(path.read_text("utf-8"), path.name.removesuffix(".gold.txt"))
             for path in sorted(source.glob("*.gold.txt"))]
    (target / "texts").mkdir(parents=True, exist_ok=True)
    (target / "gold").mkdir(parents=True, exist_ok=True)
    for gold in found:
        (target / "texts" / f"{gold.name}.txt").write_bytes(gold.text.encode())
    tables = {"documents": [gold.document for gold in found],
              **{name: [row for gold in found for row in getattr(gold, name)]
                 for name in ("figures", "activities", "issues", "audits")}}
    for name, rows in tables.items():
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (target / "gold" / f"{name}.jsonl").write_bytes(lines.encode())
    return found


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    build(Path(sys.argv[1]), Path(sys.argv[2]))
