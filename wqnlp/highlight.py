"""A file as highlighted HTML for notebooks: figures, themes, issues, and on hover what was read and what was repaired.

Shown is the repaired text. Every character of it, and of every hint, is escaped: markup in a text is shown, not obeyed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from wqnlp.vocab import label

if TYPE_CHECKING:
    from wqnlp.pipeline import Result
    from wqnlp.records import Document, Figure
    from wqnlp.span import Aligned

LONGEST = 60_000                         # characters shown; a browser is slow with more
_UNSHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
SALIENCE = {"key_problem": "重点", "reported": "有案", "mentioned": "提及"}
STYLE = """<style>
.wqnlp{line-height:1.9;font-size:14px;max-width:52em}
.wqnlp .w-head{font-weight:600;margin:.6em 0 .2em}
.wqnlp .w-meta{opacity:.75;margin:0 0 .4em}
.wqnlp .w-text{white-space:pre-wrap;overflow-wrap:anywhere;max-height:36em;overflow:auto;padding:.6em .8em;
 border:1px solid rgba(128,128,128,.35);border-radius:6px}
.wqnlp .w-f{background:rgba(255,193,7,.38);border-radius:3px;padding:1px 0;cursor:help}
.wqnlp .w-u{background:rgba(244,67,54,.30)}
.wqnlp .w-i{box-shadow:inset 0 -2px rgba(156,39,176,.75);cursor:help}
.wqnlp .w-r{border-bottom:1px dotted rgba(33,150,243,.95);cursor:help}
.wqnlp .w-m{outline:1px solid rgba(244,67,54,.8);cursor:help}
.wqnlp .w-t{font-size:11px;font-weight:600;background:rgba(76,175,80,.28);border-radius:8px;padding:1px 7px;
 margin-right:4px;cursor:help;user-select:none}
.wqnlp .w-key span{margin-right:1em}
</style>"""


class _Layer(NamedTuple):
    """One stretch of the repaired text to be shown in one way, with its hint."""

    start: int
    end: int
    kind: str
    hint: str


def safe(text: str) -> str:
    """Text for HTML, between tags and in attributes alike; what would not show, or turn the line about, as �.

    >>> safe('<b title="x">家暴</b>')
    '&lt;b title=&quot;x&quot;&gt;家暴&lt;/b&gt;'
    """
    return escape(_UNSHOWN.sub("�", text), quote=True)


def to_html(result: Result) -> str:
    """The file as one piece of HTML with its own style, to stand in a page or a notebook."""
    parts = [STYLE, '<div class="wqnlp">']
    for error in result.errors:
        parts.append(f'<div class="w-meta">{safe(error.message)}</div>')
    if result.repaired is not None:
        if result.documents:
            parts += ['<div class="w-key w-meta"><span class="w-f">figure</span><span class="w-f w-u">unsure or lost'
                      '</span><span class="w-i">issue</span><span class="w-r">repaired</span><span class="w-m">damaged'
                      '</span><span class="w-t">theme</span></div>']
        text, layers, chips = result.repaired.text, _layers(result), _chips(result)
        whole: list[Document | None] = [None]
        for document in [*result.documents] or whole:
            parts += _shown(result, document, text, layers, chips)
    return "\n".join([*parts, "</div>"])


def _shown(result: Result, document: Document | None, text: str, layers: Sequence[_Layer],
           chips: dict[int, list[tuple[str, str]]]) -> list[str]:
    low, high = 0, len(text)
    head = []
    if document is not None and result.repaired is not None:
        low, high = result.repaired.aligned.repaired_span(document.start, document.end)
        head = _head(result, document)
    cut = min(high, low + LONGEST)
    note = [f'<div class="w-meta">{high - cut:,} more characters are not shown</div>'] if cut < high else []
    body = _body(text, low, cut, [one for one in layers if one.start < cut and one.end > low], chips)
    return [*head, f'<div class="w-text">{body}</div>', *note]


def _head(result: Result, document: Document) -> list[str]:
    own = [f for f in result.figures if f.doc_id == document.doc_id]
    issues = [i for i in result.issues if i.doc_id == document.doc_id]
    said = [document.place or "地区不详", str(document.year or "年份不详"), document.period_kind, f"{len(own)} figures"]
    named = [label("issues", i.issue) + f"（{SALIENCE[i.salience]}" + (f" {i.cases:g}" if i.cases is not None else "")
             + "）" for i in issues]
    return [f'<div class="w-head">{safe(document.title)}</div>',
            f'<div class="w-meta">{safe(" · ".join(said))}<br>{safe(" ".join(named))}</div>']


def _layers(result: Result) -> list[_Layer]:
    """All that is to be shown, in repaired offsets, in order."""
    assert result.repaired is not None
    aligned = result.repaired.aligned
    edge = aligned.repaired_span
    found = [_Layer(*edge(f.start, f.end), "w-f w-u" if f.value is None or f.confidence < 0.75 else "w-f", told(f))
             for f in result.figures]
    found += [_Layer(*edge(i.start, i.end), "w-i", f"{label('issues', i.issue)}: {i.salience}") for i in result.issues]
    found += [_Layer(m.start, m.end, "w-m", f"{m.kind} {m.note}".strip()) for m in result.repaired.marks]
    return sorted([*found, *_repairs(aligned)])


def _repairs(aligned: Aligned) -> Iterable[_Layer]:
    """Repairs where they stand in the repaired text; what was taken out shows on the character before it."""
    shift = 0
    for repair in aligned.repairs:
        start = repair.start + shift
        shift += len(repair.new) - (repair.end - repair.start)
        old = aligned.source[repair.start:repair.end]
        hint = f"{', '.join(repair.kinds)}: “{old}” → “{repair.new}” ({repair.confidence:.2f})"
        if repair.new:
            yield _Layer(start, start + len(repair.new), "w-r", hint)
        elif aligned.text:
            at = max(0, min(start, len(aligned.text)) - 1)
            yield _Layer(at, at + 1, "w-r", hint)


def told(figure: Figure) -> str:
    """What a figure says, in one line.

    >>> from wqnlp.records import Figure
    >>> told(Figure(id="d:0-3", doc_id="d", start=0, end=3, text="47件", sentence="", value=47.0, low=47.0, high=47.0,
    ...             unit="件", kind="count", measure="cases_received", issue="domestic_violence", confidence=.97))
    '47 件 · 受理/接待案件数 · 家庭暴力 · sure 0.97'
    """
    value = "value not given" if figure.value is None else f"{figure.value:,.10g}"
    bounds = "" if figure.low == figure.high else \
        f"({'' if figure.low is None else f'{figure.low:,.10g}'}–{'' if figure.high is None else f'{figure.high:,.10g}'})"
    said = [" ".join(part for part in (value, figure.unit, bounds) if part), label("measures", figure.measure),
            label("issues", figure.issue) if figure.issue else "", label("actors", figure.actor) if figure.actor else "",
            "" if figure.role == "single" else figure.role, " ".join(figure.flags), f"sure {figure.confidence:.2f}"]
    return " · ".join(part for part in said if part)


def _chips(result: Result) -> dict[int, list[tuple[str, str]]]:
    """Where units of work begin: the labels of their themes, each with its probability."""
    assert result.repaired is not None
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for one in result.activities:
        at = result.repaired.aligned.repaired_span(one.start, one.end).start
        found[at] += [(label("themes", code), f"{one.scores.get(code, 0.0):.0%}") for code in one.themes]
    return found


def _body(text: str, low: int, high: int, layers: Sequence[_Layer], chips: dict[int, list[tuple[str, str]]]) -> str:
    """The text with every layer on it. Layers may cross: it is cut wherever one begins or ends."""
    edges = {low, high, *(at for at in chips if low <= at < high)}
    opened: dict[int, list[_Layer]] = defaultdict(list)
    for one in layers:
        start, end = max(low, one.start), min(high, one.end)
        if start < end:
            edges |= {start, end}
            opened[start].append(one)
    parts: list[str] = []
    active: list[_Layer] = []
    ordered = sorted(edges)
    for at, until in zip(ordered, [*ordered[1:], high], strict=True):
        parts += [f'<b class="w-t" title="{safe(sure)}">{safe(name)}</b>' for name, sure in chips.get(at, ())]
        active = [one for one in active if one.end > at] + opened[at]
        piece = safe(text[at:until])
        if active and piece:
            kinds = " ".join(dict.fromkeys(word for one in active for word in one.kind.split()))
            hints = "&#10;".join(dict.fromkeys(safe(one.hint) for one in active))
            piece = f'<span class="{kinds}" title="{hints}">{piece}</span>'
        parts.append(piece)
    return "".join(parts)
