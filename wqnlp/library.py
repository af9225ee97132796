"""A library file to ask: figures and documents as DataFrames, and one figure explained down to its characters."""

from __future__ import annotations

import json
import os
import sqlite3
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any

from wqnlp.audits import Links, between, body_of, told
from wqnlp.errors import NotInLibrary, Unreadable
from wqnlp.highlight import to_html
from wqnlp.pipeline import Result, reasons, run
from wqnlp.records import TABLES, Audit, Document, Figure, columns
from wqnlp.store.frames import frame, frame_of, parsed
from wqnlp.store.past import Past
from wqnlp.store.schema import plain, schema

if TYPE_CHECKING:
    import pandas as pd

AROUND = 30                              # characters of source shown either side of a figure
DOCUMENT_KEYS = ("path", "title", "organisation", "place", "adcode", "level", "year", "period_kind")


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a figure is believed: its characters in the source, what was repaired there, and what it agrees with."""

    figure: Mapping[str, Any]
    document: Mapping[str, Any]
    source: str                          # the figure's own source characters
    before: str                          # source characters before and after
    after: str
    sentence: str                        # repaired, as read
    repairs: tuple[Mapping[str, Any], ...]     # inside the figure and the source shown around it
    marks: tuple[Mapping[str, Any], ...]       # damage that stays, in the same stretch
    audits: tuple[Mapping[str, Any], ...]      # relations it takes part in
    decoding: str                        # how the file's bytes became text
    rules: tuple[str, ...] = ()          # what spoke for and against it

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> list[str]:
        """The explanation as lines a person can read."""
        f, d = self.figure, self.document
        found = [f"{f['id']}  {f['text']}",
                 f"  value      {_number(f['value'])}  ({_bounds(f)})  {f['unit'] or ''}  [{f['kind']}]",
                 f"  counts     {f['measure']}" + "".join(f", {key} {f[key]}" for key in ("issue", "actor") if f[key]),
                 f"  role       {f['role']}" + (f" of {f['parent']}" if f["parent"] else ""),
                 f"  confidence {f['confidence']:.2f}" + (f"  flags {', '.join(f['flags'])}" if f["flags"] else ""),
                 f"  document   {d['title']} ({d['place'] or 'no place'}, {d['year'] or 'no year'}) {d['path']}",
                 f"  decoding   {self.decoding}",
                 f"  source     characters {f['start']} to {f['end']}: "
                 + _one_line(f"{self.before}【{self.source}】{self.after}"),
                 f"  read as    {_one_line(self.sentence)}"]
        found += [f"  rule       {line}" for line in self.rules]
        for repair in self.repairs:
            inside = "in the figure" if repair["start"] < f["end"] and repair["end"] > f["start"] else "beside it"
            found.append(f"  repair     {repair['old']!r} → {repair['new']!r} at {repair['start']} ({inside}; "
                         f"{', '.join(repair['kinds'])}; {repair['confidence']:.2f})")
        found += [f"  mark       {mark['text']!r} at {mark['start']}: {mark['kind']} {mark['note']}".rstrip()
                  for mark in self.marks]
        for audit in self.audits:
            found.append(f"  audit      {audit['kind']} {audit['status']}: stated {_number(audit['stated'])}, "
                         f"computed {_number(audit['computed'])} from {', '.join(audit['figures'])}"
                         + (f"; {audit['suggestion']}" if audit["suggestion"] else ""))
        return found


def _one_line(text: str) -> str:
    return text.replace("\r", "").replace("\n", "⏎")


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.12g}"


def _bounds(figure: Mapping[str, Any]) -> str:
    low, high = figure["low"], figure["high"]
    if low is None and high is None:
        return "no bounds"
    if low == high:
        return "exact"
    return f"{'no lower bound' if low is None else f'at least {low:.12g}'}, " \
           f"{'no upper bound' if high is None else f'at most {high:.12g}'}"


def explained(figure: Mapping[str, Any], document: Mapping[str, Any], text: str, *,
              repairs: Iterable[Mapping[str, Any]], marks: Iterable[Mapping[str, Any]],
              audits: Iterable[Mapping[str, Any]], decoding: str) -> Explanation:
    """Put an explanation together from rows; `text` is the whole source text."""
    low, high = max(0, figure["start"] - AROUND), min(len(text), figure["end"] + AROUND)

    def near(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        return [row for row in rows if row["start"] < high and row["end"] > low]

    return Explanation(
        figure=figure, document=document, source=text[figure["start"]:figure["end"]],
        before=text[low:figure["start"]], after=text[figure["end"]:high], sentence=figure["sentence"],
        repairs=tuple({**row, "old": text[row["start"]:row["end"]]} for row in near(repairs)), marks=tuple(near(marks)),
        audits=tuple(row for row in audits if figure["id"] in row["figures"]), decoding=decoding,
        rules=tuple(reasons(text, figure["start"], figure["end"])))


class Library:
    """A library file, open for reading. Safe to use while a batch is written into it."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        if not os.path.isfile(self.path):
            raise Unreadable("E22", self.path, "there is no such library file",
                             "make one with: wqnlp extract FOLDER --store library.db")
        try:
            # Not `mode=ro`: a reader of a library that is being written keeps a place in its -shm file.
            self._db = sqlite3.connect(self.path, timeout=30)
            self._db.execute("PRAGMA query_only=ON")
            self._db.execute("SELECT 1 FROM figures LIMIT 1").fetchall()
        except sqlite3.Error as fault:
            raise Unreadable("E22", self.path, f"it is not a library of this program ({fault})",
                             "name the file that --store was given") from fault

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        cursor = self._db.execute(query, values)
        names = [entry[0] for entry in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def table(self, name: str) -> pd.DataFrame:
        """One of the TABLES, whole: documents, figures, set_aside, activities, issues, audits, errors."""
        if name not in TABLES:
            raise NotInLibrary("E62", name, "there is no such table", f"ask for one of {', '.join(TABLES)}")
        return frame(name, self._select(name, {}))

    def documents(self, **where: Any) -> pd.DataFrame:
        """Documents, chosen by columns: `documents(year=2012, level="county")`. A list means any of them."""
        return frame("documents", self._select("documents", where))

    def figures(self, **where: Any) -> pd.DataFrame:
        """Figures, chosen by their columns or their document's: `figures(measure="cases_received", year=[2009, 2010])`.

        `min_confidence=0.9` leaves out what is less sure, `flag="masked"` keeps what carries a flag,
        `without="previous"` what does not.
        """
        return frame("figures", self._select("figures", where))

    def activities(self, **where: Any) -> pd.DataFrame:
        """Units of work, chosen by columns: `activities(doc_id="3c745dc3418a-0")`."""
        return frame("activities", self._select("activities", where))

    def issues(self, **where: Any) -> pd.DataFrame:
        """Issues raised, chosen by columns: `issues(issue="domestic_violence", salience="key_problem")`."""
        return frame("issues", self._select("issues", where))

    def _select(self, table: str, where: Mapping[str, Any]) -> list[dict[str, Any]]:
        tests, values = [], []
        for key, wanted in where.items():
            test, found = self._test(table, key, wanted)
            tests.append(test)
            values += found
        names = ", ".join(f't."{name}"' for name in columns(TABLES[table]))
        joined = ' JOIN documents AS d ON d.doc_id = t.doc_id' if table == "figures" else ""
        order = {"errors": "t.rowid", "documents": "t.path, t.start"}.get(table, "t.rowid")
        query = f'SELECT {names} FROM "{table}" AS t{joined}' + (f" WHERE {' AND '.join(tests)}" if tests else "")
        return [parsed(table, row) for row in self._db.execute(f"{query} ORDER BY {order}", values)]

    def _test(self, table: str, key: str, wanted: Any) -> tuple[str, list[Any]]:
        """One condition as SQL, names checked against the columns, values as parameters."""
        own = {column.name: column.kind for column in schema(table)}
        if table == "figures" and key == "min_confidence":
            return "t.confidence >= ?", [wanted]
        if table == "figures" and key in ("flag", "without"):
            return f"t.flags {'LIKE' if key == 'flag' else 'NOT LIKE'} ?", [f'%"{wanted}"%']
        if own.get(key) in ("text", "integer", "real"):
            name = f't."{key}"'
        elif table == "figures" and key in DOCUMENT_KEYS:
            name = f'd."{key}"'
        else:
            known = [name for name, kind in own.items() if kind in ("text", "integer", "real")]
            raise NotInLibrary("E62", key, f"{table} cannot be chosen by it",
                               f"use one of {', '.join([*known, *(DOCUMENT_KEYS if table == 'figures' else ())])}")
        if wanted is None:
            return f"{name} IS NULL", []
        many = list(wanted) if isinstance(wanted, (list, tuple, set, frozenset)) else [wanted]
        return f"{name} IN ({', '.join('?' * len(many))})", many

    def explain(self, figure_id: str) -> Explanation:
        """One figure: its source characters, repairs there, audits it takes part in. Raises `NotInLibrary`."""
        self._db.execute("BEGIN")            # one state of the library, though it may be written meanwhile
        try:
            return self._explain(figure_id)
        finally:
            self._db.execute("COMMIT")

    def _explain(self, figure_id: str) -> Explanation:
        found = self._select("figures", {"id": figure_id})
        if not found:
            raise NotInLibrary("E61", figure_id, f"{self.path} has no such figure",
                               "ids stand in the column id of figures, such as 3c745dc3418a-0:338-341")
        [figure] = found[:1]
        doc_id, sha = figure["doc_id"], figure["doc_id"].rpartition("-")[0]
        [document] = self._select("documents", {"doc_id": doc_id})[:1]
        [source] = self._rows("SELECT * FROM sources WHERE sha12 = ?", [sha])
        span = [sha, figure["end"] + AROUND, figure["start"] - AROUND]
        repairs = self._rows('SELECT * FROM repairs WHERE sha12 = ? AND start < ? AND "end" > ? ORDER BY start', span)
        marks = self._rows('SELECT * FROM marks WHERE sha12 = ? AND start < ? AND "end" > ? ORDER BY start', span)
        audits = self._select("audits", {"doc_id": doc_id})
        return explained(figure, document, _inflate(source["text"]), marks=marks, audits=audits,
                         repairs=[{**row, "kinds": json.loads(row["kinds"])} for row in repairs],
                         decoding=_decoding(source["encoding"], source["reason"], source["confidence"]))

    def source_text(self, doc_id: str) -> str:
        """The source text of the file that a summary stands in, as it was read. Offsets of all records count it."""
        found = self._rows("SELECT text FROM sources WHERE sha12 = ?", [doc_id.rpartition("-")[0] or doc_id])
        if not found:
            raise NotInLibrary("E61", doc_id, f"{self.path} has no such document", "doc_ids stand in documents()")
        return _inflate(found[0]["text"])

    def text(self, doc_id: str) -> str:
        """The repaired text of one summary. Raises `NotInLibrary`."""
        found = Past(self._db).text(doc_id)
        if found is None:
            raise NotInLibrary("E61", doc_id, f"{self.path} has no such document", "doc_ids stand in documents()")
        return found

    def between_years(self, document: Document, figures: Iterable[Figure], text: str = "") -> list[Audit]:
        """What a summary, in the library or new, and the library's other years of its body say of one another.

        `text` is the repaired text of a new one, by which a copy is known. Nothing is written.
        """
        body, said = body_of(document), told(document, figures)
        if body is None or said is None:
            return []
        past = Past(self._db, {document.doc_id: text} if text else None)
        known = [said, *past.of(body, but={document.doc_id})]
        links = Links(past.copies(known) | {document.doc_id: document.copies}, past.alike)
        return [audit for audit in between(known, links)
                if any(figure.rpartition(":")[0] == document.doc_id for figure in audit.figures)]

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None,
                 where: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        counts = [self._db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in ("documents", "figures")]
        return f"Library({self.path!r}: {counts[0]} documents, {counts[1]} figures)"


class Extraction:
    """One file as it was read, its tables as DataFrames: what `wqnlp.read` gives."""

    def __init__(self, result: Result) -> None:
        self.result = result

    def table(self, name: str) -> pd.DataFrame:
        """One of the TABLES of this file."""
        if name not in TABLES:
            raise NotInLibrary("E62", name, "there is no such table", f"ask for one of {', '.join(TABLES)}")
        return frame_of(name, self.result.rows(name))

    @cached_property
    def documents(self) -> pd.DataFrame:
        """One row for each summary of the file."""
        return self.table("documents")

    @cached_property
    def figures(self) -> pd.DataFrame:
        """One row for each reported quantity."""
        return self.table("figures")

    @cached_property
    def set_aside(self) -> pd.DataFrame:
        """Numbers that were looked at and not taken as figures."""
        return self.table("set_aside")

    @cached_property
    def activities(self) -> pd.DataFrame:
        """Units of work described, with their themes."""
        return self.table("activities")

    @cached_property
    def issues(self) -> pd.DataFrame:
        """Issues the summaries raise."""
        return self.table("issues")

    @cached_property
    def audits(self) -> pd.DataFrame:
        """Arithmetic relations between the figures."""
        return self.table("audits")

    @cached_property
    def errors(self) -> pd.DataFrame:
        """Stages that failed on this file; empty as a rule."""
        return self.table("errors")

    @property
    def text(self) -> str:
        """The repaired text of the file."""
        return self.result.repaired.text if self.result.repaired else ""

    @property
    def source_text(self) -> str:
        """The text as it was read. Offsets of all records count its characters."""
        return self.result.source.text if self.result.source else ""

    def explain(self, figure_id: str) -> Explanation:
        """One figure: its source characters, repairs there, audits it takes part in. Raises `NotInLibrary`."""
        found = next((f for f in self.result.figures if f.id == figure_id), None)
        repaired, source = self.result.repaired, self.result.source
        if found is None or repaired is None or source is None:
            raise NotInLibrary("E61", figure_id, f"{self.result.path} has no such figure",
                               "ids stand in the column id of figures")
        document, how = next(d for d in self.result.documents if d.doc_id == found.doc_id), source.decoding
        marks = [{"start": span.start, "end": span.end, "text": repaired.text[mark.start:mark.end], "kind": mark.kind,
                  "note": mark.note} for mark in repaired.marks
                 for span in [repaired.aligned.source_span(mark.start, mark.end)]]
        return explained(plain(found), plain(document), source.text, repairs=[r._asdict() for r in repaired.log],
                         marks=marks, audits=[plain(a) for a in self.result.audits],
                         decoding=_decoding(how.encoding, how.reason, how.confidence))

    def _repr_html_(self) -> str:
        """The text with its figures, themes, issues and repairs highlighted, for a notebook."""
        return to_html(self.result)

    def __repr__(self) -> str:
        return f"Extraction({self.result.path!r}: {len(self.result.documents)} documents, " \
               f"{len(self.result.figures)} figures)"


def read(path: str | os.PathLike[str]) -> Extraction:
    """One file through all stages. Raises `Unreadable`, whose message names the file and says what to do."""
    result = run(path)
    if result.source is None:
        [fault] = result.errors
        raise Unreadable(fault.error, fault.path, fault.message.removeprefix(f"{fault.error} {fault.path}: "))
    return Extraction(result)


def _decoding(encoding: str, reason: str, confidence: float) -> str:
    return f"{encoding}: {reason} ({confidence:.2f})"


def _inflate(blob: bytes) -> str:
    return zlib.decompress(blob).decode("utf-8", "surrogatepass")


def open_store(path: str | os.PathLike[str]) -> Library:
    """Open a library file that `extract(..., store=path)` wrote. Raises `Unreadable` (E22)."""
    return Library(path)


def explain(figure: str | Figure | Mapping[str, Any], of: Extraction | Library | str | os.PathLike[str]) -> Explanation:
    """Explain a figure (its id, its record, or its row of a DataFrame) of a file read, or of a library.

    `explain(figures.iloc[0], summary)` and `explain("3c745dc3418a-0:338-341", "library.db")` both work.
    """
    identity = figure if isinstance(figure, str) else figure.id if isinstance(figure, Figure) else str(figure["id"])
    if isinstance(of, (Extraction, Library)):
        return of.explain(identity)
    with open_store(of) as library:
        return library.explain(identity)
