"""What document-sharing sites and converters leave behind: site lines, tag residue, entities."""

from __future__ import annotations

import html
import re
from functools import cache

from wqnlp.grammar.heads import headed
from wqnlp.repair.joins import runs_on
from wqnlp.span import Edit, Mark
from wqnlp.tables import table

LONGEST = 160                   # characters of a site line, at most
_NAMES = "p|br|div|span|font|b|i|u|em|strong|a|td|tr|th|table|tbody|thead|img|center|h[1-6]|li|ul|ol|hr|o:p|st1:\\w+" \
         "|wbr|pre|script|style|input|form|sup|sub|section|article"
_TAG = re.compile(f"</?(?:{_NAMES})(?:\\s[^<>\n]{{0,200}})?\\s*/?>"         # whole
                  f"|[?？]?/(?:{_NAMES})>|[?？](?:BR|br|P|p)\\s*/?>"        # its < was lost with the byte before it
                  "|<(?:br|p|div|hr)\\s{0,2}/?(?=\\s*\n)"                         # its > was cut with the line
                  "|<!--[^\n]{0,200}?-->", re.IGNORECASE)
_ENTITY = re.compile("&(?:amp;)?(?:(nbsp|[lr][ds]quo|mdash|hellip|middot|times)(?![A-Za-z;])"
                     "|(#\\d{2,7}|#[xX][0-9a-fA-F]{2,6}|[A-Za-z]{2,8}\\d{0,2});)")
_LINE = re.compile("[^\n]+")
_SPACES = " \t\r\f\u3000\xa0\ufeff"
_ENDED = "。！？!?；;：:”’）)》>】…"
_HALF = re.compile("[,，、][?？]$")                # what a page cut of a character, not a question
_BLOCK = re.compile("[<?？]?/?(?:p|br|div|tr|li|h\\d)\\b", re.IGNORECASE)


def find(text: str) -> tuple[list[Edit], list[Mark]]:
    """Edits that cut site lines whole, tags where they stand, and turn entities into their characters.

    >>> [edit.kind for edit in find("再上新台阶。\\n更多信息请查看工作总结\\n")[0]]
    ['furniture']
    >>> find("资金来源：财政拨款12万元\\n上一年度遗留信访件全部办结。")[0]
    []
    """
    edits = _site(text) + (_tags(text) if "<" in text or "&" in text or "/" in text or ">" in text else [])
    edits.sort(key=lambda edit: (edit.start, -edit.end))
    kept: list[Edit] = []
    for edit in edits:                              # a tag inside a line that is cut goes with the line
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
    return kept, []


def _site(text: str) -> list[Edit]:
    edits, tail, piece = [], _any("tails"), _any("pieces")
    for found in _LINE.finditer(text):
        line = found.group()
        start, end = found.span()
        bare = line.strip(_SPACES)
        if 0 < len(bare) <= LONGEST and _any("lines").fullmatch(bare):
            edits.append(Edit(start if end < len(text) or not start else start - 1, min(end + 1, len(text)), "",
                              "furniture"))
            continue
        edits += [Edit(start + m.start(), start + m.end(), "", "furniture") for m in piece.finditer(line)]
        late = tail.search(line, max(0, len(line) - 100))
        if late and not any(edit.end > start + late.start() for edit in edits[-3:]):
            edits.append(Edit(start + late.start(), end, "", "furniture"))
    return edits


@cache
def _any(part: str) -> re.Pattern[str]:
    """The rows of one part of data/furniture.yaml as one pattern."""
    return headed("|".join(f"(?:{row['pattern']})" for row in table("furniture")[part]))


def _tags(text: str) -> list[Edit]:
    edits = [Edit(m.start(), m.end(), told, "tag") for m in _ENTITY.finditer(text)
             if (told := _character(m.group(1) or m.group(2), text, m.start(), m.end())) is not None]
    for found in _TAG.finditer(text):
        start, end = found.span()
        before, after = text[start - 1:start], text[end:end + 1]
        ended = before in _ENDED and not _HALF.search(text, max(0, start - 2), start)
        new = ""
        if ended and before and before != "\n" and after != "\n" and _BLOCK.match(found.group()):
            new = "\n"
        elif not ended and after == "\n" and runs_on(*_beside(text, start, end)):
            end += 1                                 # a page joined in the middle of a sentence
        edits.append(Edit(start, end, new, "tag"))
    return edits


def _beside(text: str, start: int, end: int) -> tuple[str, str]:
    """The line before a tag and the line after it, without tags of their own."""
    first = text[text.rfind("\n", 0, start) + 1:start].rstrip("?？")
    second = text[end + 1:end + LONGEST].split("\n")[0]
    return _TAG.sub("", first), _TAG.sub("", second)


def _character(name: str, text: str, start: int, end: int) -> str | None:
    """What an entity stands for; None where it is none."""
    told = html.unescape(f"&{name};")
    if told.startswith("&") and told != "&":
        return None
    if told in "\xa0\u2002\u2003\u2009":             # a space between two hanzi is none
        beside = text[start - 1:start] + text[end:end + 1]
        return " " if beside.isascii() and beside.strip() and len(beside) == 2 and "&" not in beside else ""
    return told if told.isprintable() or "\x80" <= told <= "\x9f" else ""      # C1 may be a byte of mojibake
