"""One file at a glance: place, year, themes, issues, what is uncertain, what it reported the year before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from wqnlp.compare.tables import documents_of, figures_of
from wqnlp.desk.before import Before, beside, same_body
from wqnlp.desk.doubts import doubts, ordered
from wqnlp.desk.novelty import odd, unlike
from wqnlp.issues import rollup
from wqnlp.records import Activity, Document, Figure
from wqnlp.store.schema import plain
from wqnlp.vocab import codes, label

if TYPE_CHECKING:
    from wqnlp.library import Library
    from wqnlp.pipeline import Result

SHOWN = 8                                # doubts of one summary that are shown as text
CUT = 40


def look(result: Result, library: Library | None = None) -> dict[str, Any]:
    """What a file is and says, as plain values; with a library, beside the year before."""
    return {"path": result.path, "documents": [_document(result, one, library) for one in result.documents],
            "errors": [plain(error) for error in result.errors]}


def _document(result: Result, document: Document, library: Library | None) -> dict[str, Any]:
    figures = [f for f in result.figures if f.doc_id == document.doc_id]
    acts = [a for a in result.activities if a.doc_id == document.doc_id]
    issues = [i for i in result.issues if i.doc_id == document.doc_id]
    text = text_of(result, document)
    found = ordered(doubts(plain(document), text, [plain(a) for a in acts], [plain(f) for f in figures]))
    row = plain(document)
    before = None if library is None else last_year(document, figures, [i.issue for i in issues], library)
    return {name: row[name] for name in ("doc_id", "title", "organisation", "place", "adcode", "level", "year",
                                         "period_start", "period_end", "period_kind")} | {
        "unlike": unlike(text), "figures": len(figures), "themes": _themes(acts),
        "no_theme_fits": [{"start": a.start, "end": a.end, "text": a.text} for a in acts
                          if odd(a.text, a.scores) is not None],
        "issues": [{"issue": i.issue, "label": label("issues", i.issue), "salience": i.salience, "cases": i.cases,
                    "share": i.share, "text": i.text} for i in issues],
        "rolled_up": [asdict(one) for one in rollup(figures).values()],
        "uncertain": [doubt.row() for doubt in found], "last_year": None if before is None else before.row(),
        "between_years": [plain(audit) for audit in library.between_years(document, figures, text)] if library else []}


def text_of(result: Result, document: Document) -> str:
    """The repaired text of one summary of a file."""
    if result.repaired is None:
        return ""
    span = result.repaired.aligned.repaired_span(document.start, document.end)
    return result.repaired.text[span.start:span.end]


def _themes(acts: Sequence[Activity]) -> list[dict[str, Any]]:
    """Themes of the units that one fits: how many, and the surest probability."""
    fitting = [a for a in acts if odd(a.text, a.scores) is None]
    rows = []
    for code in codes("themes"):
        own = [a for a in fitting if code in a.themes]
        if own:
            rows.append({"theme": code, "label": label("themes", code), "units": len(own),
                         "probability": max(a.scores.get(code, 0.0) for a in own)})
    return sorted(rows, key=lambda row: (-row["units"], -row["probability"]))


def last_year(document: Document, figures: Sequence[Figure], issues: Sequence[str], library: Library) -> Before:
    """The same place's summary of the year before, out of the library, and what changed."""
    if document.year is None:
        return Before(doc_id=None, note="the text names no year")
    if document.adcode is None and document.organisation is None:
        return Before(doc_id=None, note="the text names no place")
    body = {"adcode": document.adcode} if document.adcode is not None else {"organisation": document.organisation}
    candidates = same_body(document, documents_of(library.documents(year=document.year - 1, **body)))
    if not candidates:
        return Before(doc_id=None, note=f"the library has no summary of {document.place or document.organisation} "
                                        f"for {document.year - 1}")
    old = candidates[0]
    return beside(document, figures, issues, old, figures_of(library.figures(doc_id=old.doc_id)),
                  [str(code) for code in library.issues(doc_id=old.doc_id)["issue"]])


def lines(seen: dict[str, Any]) -> list[str]:
    """A look as lines that a person can read."""
    out = [seen["path"]]
    for error in seen["errors"]:
        out.append(f"  error      {error['message']}")
    for one in seen["documents"]:
        out += _said(one)
    return out


def _said(one: dict[str, Any]) -> list[str]:
    out = [f"  {one['title']}",
           f"  place      {one['place'] or 'not named'} {one['adcode'] or ''}".rstrip()
           + (f" ({one['organisation']})" if one["organisation"] else ""),
           f"  year       {one['year'] or 'not named'}, {one['period_kind']}"]
    if one["unlike"]:
        out.append(f"  unlike     anything seen: {one['unlike']}; its codes are not to be trusted")
    out.append("  themes     " + ("; ".join(f"{t['label']} ×{t['units']} ({t['probability']:.0%})"
                                            for t in one["themes"]) or "none"))
    out += [f"  no theme   fits: {_cut(unit['text'])}" for unit in one["no_theme_fits"]]
    for issue in one["issues"]:
        counted = ", ".join(f"{issue[key]:g}{word}" for key, word in (("cases", " cases"), ("share", "%"))
                            if issue[key] is not None)
        out.append(f"  issue      {issue['label']}: {issue['salience'].replace('_', ' ')}" + (counted and f", {counted}"))
    out.append(f"  figures    {one['figures']}")
    out += _beside(one["last_year"])
    for audit in one["between_years"]:
        out.append(f"  years      {audit['status']}: {audit['kind']} stated {_number(audit['stated'])}, computed "
                   f"{_number(audit['computed'])}" + (f"; {audit['suggestion']}" if audit["suggestion"] else "")
                   + f"  {' '.join(audit['figures'])}")
    for doubt in one["uncertain"][:SHOWN]:
        out.append(f"  uncertain  {doubt['kind']}: {_cut(doubt['text'])} ({doubt['why']})")
    left = len(one["uncertain"]) - SHOWN
    return [*out, f"  uncertain  and {left} more"] if left > 0 else out


def _beside(before: dict[str, Any] | None) -> list[str]:
    if before is None:
        return []
    if before["doc_id"] is None:
        return [f"  last year  {before['note']}"]
    out = [f"  last year  {before['title']} ({before['doc_id']})"]
    for change in before["changes"]:
        name = label("measures", change["measure"]) + (f"·{label('issues', change['issue'])}" if change["issue"] else "")
        told = f"{_number(change['before'])} → {_number(change['now'])} {change['unit'] or ''}".rstrip()
        by = "" if change["difference"] is None else f" ({change['difference']:+g})"
        out.append(f"             {name}: {told}{by}" + (f", {change['note']}" if change["note"] else ""))
    for key, word in (("issues_new", "not raised last year"), ("issues_gone", "raised last year alone")):
        if before[key]:
            out.append(f"             {word}: " + "、".join(label("issues", code) for code in before[key]))
    return out


def _number(value: float | None) -> str:
    return "?" if value is None else f"{value:,.10g}"


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= CUT else text[:CUT] + "…"
