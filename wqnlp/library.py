"""A library to ask: figures and documents as DataFrames, and one figure explained down to its characters."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any

from wqnlp.audits import Links, between, body_of, told
from wqnlp.errors import NotInLibrary, Unreadable
from wqnlp.highlight import to_html
from wqnlp.pipeline import Result, reasons, run
from wqnlp.records import TABLES, Audit, Document, Figure
from wqnlp.store.frames import frame_of
from wqnlp.store.schema import plain
from wqnlp.store.where import Where

if TYPE_CHECKING:
    import pandas as pd

    from wqnlp.store.reader import Reader

AROUND = 30                              # characters of source shown either side of a figure


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
    extracted: Mapping[str, Any] | None = None  # the figure before people corrected it; None where nobody did
    corrections: tuple[str, ...] = ()    # what they corrected, in it and in its document, a line each
    made_by: str = ""                    # the version, rules and models that read it, in a library

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
        if self.extracted is not None:
            e = self.extracted
            found.append(f"  extracted  {_number(e['value'])}  ({_bounds(e)})  {e['unit'] or ''}  [{e['kind']}]  {e['measure']}"
                         + "".join(f", {key} {e[key]}" for key in ("issue", "actor") if e[key]))
        found += [f"  corrected  {line}" for line in self.corrections]
        found += [f"  made by    {self.made_by}"] if self.made_by else []
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
              audits: Iterable[Mapping[str, Any]], decoding: str, extracted: Mapping[str, Any] | None = None,
              corrections: Iterable[str] = (), made_by: str = "") -> Explanation:
    """Put an explanation together from rows; `text` is the whole source text."""
    low, high = max(0, figure["start"] - AROUND), min(len(text), figure["end"] + AROUND)

    def near(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        return [row for row in rows if row["start"] < high and row["end"] > low]

    return Explanation(
        figure=figure, document=document, source=text[figure["start"]:figure["end"]],
        before=text[low:figure["start"]], after=text[figure["end"]:high], sentence=figure["sentence"],
        repairs=tuple({**row, "old": text[row["start"]:row["end"]]} for row in near(repairs)), marks=tuple(near(marks)),
        audits=tuple(row for row in audits if figure["id"] in row["figures"]), decoding=decoding,
        rules=tuple(reasons(text, figure["start"], figure["end"])), extracted=extracted, corrections=tuple(corrections),
        made_by=made_by)


class Library:
    """A library, open for reading, by its path or URL. Safe to use while a batch is written into it.

    What people corrected stands in the rows in place of what was extracted; `corrections` lists it.
    """

    def __init__(self, where: Where) -> None:
        from wqnlp.store.reader import Reader

        self.where = where
        self.reader: Reader = Reader(where)
        self.path = self.reader.address.shown

    def table(self, name: str) -> pd.DataFrame:
        """One of the TABLES, whole: documents, figures, set_aside, activities, issues, audits, errors."""
        if name not in TABLES:
            raise NotInLibrary("E62", name, "there is no such table", f"ask for one of {', '.join(TABLES)}")
        return self.reader.frame(name)

    def documents(self, **where: Any) -> pd.DataFrame:
        """Documents, chosen by columns: `documents(year=2012, level="county")`. A list means any of them."""
        return self.reader.frame("documents", where)

    def figures(self, **where: Any) -> pd.DataFrame:
        """Figures, chosen by their columns or their document's: `figures(measure="cases_received", year=[2009, 2010])`.

        `min_confidence=0.9` leaves out what is less sure, `flag="masked"` keeps what carries a flag,
        `without="previous"` what does not.
        """
        return self.reader.frame("figures", where)

    def activities(self, **where: Any) -> pd.DataFrame:
        """Units of work, chosen by columns: `activities(doc_id="3c745dc3418a-0")`."""
        return self.reader.frame("activities", where)

    def issues(self, **where: Any) -> pd.DataFrame:
        """Issues raised, chosen by columns: `issues(issue="domestic_violence", salience="key_problem")`."""
        return self.reader.frame("issues", where)

    def corrections(self) -> pd.DataFrame:
        """What people corrected, in the order in which they did: number, record, column, old, new, who, why, at, state.

        `state` is `active`, `orphaned` (its figure is no more: it waits for one that is plainly the same) or `undone`.
        """
        import pandas as pd

        from wqnlp.store.corrections import Correction

        return pd.DataFrame(self.reader.corrections(), columns=list(Correction._fields))

    def explain(self, figure_id: str) -> Explanation:
        """One figure: its source characters, repairs there, audits it takes part in. Raises `NotInLibrary`."""
        with self.reader.state():
            return self._explain(figure_id)

    def _explain(self, figure_id: str) -> Explanation:
        reader = self.reader
        found = reader.rows("figures", {"id": figure_id})
        if not found:
            raise NotInLibrary("E61", figure_id, f"{self.path} has no such figure",
                               "ids stand in the column id of figures, such as 3c745dc3418a-0:338-341")
        figure, doc_id = found[0], found[0]["doc_id"]
        told = [*reader.corrections(figure_id, state="active"), *reader.corrections(doc_id, state="active")]
        source = reader.source(doc_id)
        span = (max(0, figure["start"] - AROUND), figure["end"] + AROUND)
        extracted = reader.rows("figures", {"id": figure_id}, corrected=False)[0]
        return explained(figure, reader.rows("documents", {"doc_id": doc_id})[0], source.text,
                         marks=reader.near("marks", doc_id, *span), audits=reader.rows("audits", {"doc_id": doc_id}),
                         repairs=[{**row, "kinds": json.loads(row["kinds"])} for row in reader.near("repairs", doc_id, *span)],
                         decoding=_decoding(source.decoding.encoding, source.decoding.reason, source.decoding.confidence),
                         extracted=extracted if extracted != figure else None, made_by=str(reader.made_by(doc_id)),
                         corrections=[one.line() for one in told])

    def source_text(self, doc_id: str) -> str:
        """The source text of the file that a summary stands in, as it was read. Offsets of all records count it."""
        return self.reader.source_text(doc_id)

    def text(self, doc_id: str) -> str:
        """The repaired text of one summary. Raises `NotInLibrary`."""
        return self.reader.text(doc_id)

    def between_years(self, document: Document, figures: Iterable[Figure], text: str = "") -> list[Audit]:
        """What a summary, in the library or new, and the library's other years of its body say of one another.

        `text` is the repaired text of a new one, by which a copy is known. Nothing is written.
        """
        from wqnlp.store.past import Past

        body, said = body_of(document), told(document, figures)
        if body is None or said is None:
            return []
        with self.reader.state() as db:
            past = Past(db, {document.doc_id: text} if text else None)
            known = [said, *past.of(body, but={document.doc_id})]
            links = Links(past.copies(known) | {document.doc_id: document.copies}, past.alike)
            found = between(known, links)
        return [audit for audit in found if any(figure.rpartition(":")[0] == document.doc_id for figure in audit.figures)]

    def close(self) -> None:
        """Close it."""
        self.reader.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None,
                 where: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Library({self.path!r}: {self.reader.count('documents')} documents, {self.reader.count('figures')} figures)"


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


def open_store(path: Where) -> Library:
    """Open a library that `extract(..., store=path)` wrote: a file, or a database by its URL
    (`postgresql://user:password@host/database`). Raises `Unreadable` (E22), `MissingExtra` (E51) without its driver.
    """
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
