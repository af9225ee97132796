"""Stand-ins for what earlier stages give, so that a stage is tested alone."""

import re

from wqnlp.repair.base import Repaired
from wqnlp.source.base import Decoding, Source
from wqnlp.span import Aligned, Span
from wqnlp.structure.base import Summary, Unit


def summary_of(text):
    """A summary of sound text: the first line its title, each other line a unit."""
    source = Source(path="t.txt", text=text, sha256="0" * 64, format="text",
                    decoding=Decoding(encoding="utf-8", reason="given", confidence=1.0))
    lines = [Span(m.start(), m.end()) for m in re.finditer(r"[^\n]+", text)]
    sentences = tuple(Span(m.start(), m.end()) for m in re.finditer(r"[^。\n]+。?", text))
    return Summary(repaired=Repaired(source=source, aligned=Aligned.of(text)), start=0, end=len(text), title=lines[0],
                   sentences=sentences, units=tuple(Unit(start=line.start, end=line.end) for line in lines[1:]))
