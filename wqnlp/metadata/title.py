"""The title of a summary, as one line."""

from __future__ import annotations

import re

from wqnlp.structure import Summary


def find(summary: Summary) -> str:
    """The title with its line breaks and the blanks between hanzi taken out; empty where there is none."""
    words = re.sub(r"\s+", " ", summary.slice(summary.title)).strip()
    return re.sub(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])", "", words)
