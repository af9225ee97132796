"""Units of work with their themes and the actors named in them."""

from __future__ import annotations

from functools import cache

from wqnlp import vocab
from wqnlp.grammar.lexicon import Lexicon
from wqnlp.records import Activity, Document
from wqnlp.structure.base import Summary
from wqnlp.tables import table
from wqnlp.themes.model import classifier

FLOOR = 0.2                 # below this even the likeliest theme is not named


@cache
def _actors() -> Lexicon[str]:
    return Lexicon({word: code for code, words in table("actors")["names"].items() for word in words})


def actors_in(text: str) -> tuple[str, ...]:
    """Codes of the actors a text names, in taxonomy order.

    >>> actors_in("县妇联会同派出所上门调解")
    ('womens_federation', 'police')
    """
    named = set(_actors().said(text).values())
    return tuple(code for code in vocab.codes("actors") if code in named)


def activities(summary: Summary, document: Document) -> list[Activity]:
    """One activity for each unit of the summary: its repaired text, themes, scores and actors.

    `scores` gives every theme of the taxonomy its probability; `themes` are those over the threshold of the
    model, the likeliest first, or the likeliest alone where none is. See `classifier` for what stands in
    when no model is installed.
    """
    scorer, found = classifier(), []
    texts = [summary.slice(unit) for unit in summary.units]
    for unit, text, scores in zip(summary.units, texts, scorer.scores_of(texts) if texts else (), strict=True):
        ranked = sorted(scores, key=scores.__getitem__, reverse=True)
        themes = [code for code in ranked if scores[code] >= scorer.threshold]
        if not themes and scores[ranked[0]] >= FLOOR:
            themes = ranked[:1]
        source = summary.to_source(unit.start, unit.end)
        found.append(Activity(
            id=f"{document.doc_id}:{source.start}-{source.end}", doc_id=document.doc_id, start=source.start,
            end=source.end, heading_path=unit.heading_path, text=text, themes=tuple(themes),
            scores={code: round(score, 3) for code, score in scores.items()}, actors=actors_in(text)))
    return found
