"""What cannot be undone is marked and never filled: masks, lost digits, characters that are gone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from wqnlp.grammar.heads import headed, needed
from wqnlp.span import Edit, Mark
from wqnlp.tables import table

_MASK_SIGN = "[xX×*＊○〇◯■_＿]|某某|(?:19|20)\\d?□|[\\[【{｛][年地县市区单姓数日]"
_NUMBER = "0-9一二三四五六七八九十百千万亿两几数余零〇半"
_LOST_SIGN = (f"□|(?<![{_NUMBER}xX])余万?[件人名份户起场次亿个条元]|[万亿]多[件人名份户起场册条元个]"
              "|(?<=[^\\d\\s])[.．]\\d|(?<=\\d)[.．][万亿%％个元]|(?<=[达计])[件人份万余]"
              "|(?<=[一-鿿（])[%％]|(?<=[类益面])[件起]|(?<=[金款费资额计物])万元|(?<=[一-鿿])个百分点"
              f"|(?<![{_NUMBER}])(?:(?<![人件场户批台辆车])次|[人件场户批台辆车]次|[名份场期个户起条册件辆张眼块幅口例宗元对])[，。；、,;（(已]"
              "|(?<=者)人[，。；、]|(?<=参训)人|(?<=等)[家个]|次$|次比上年"
              "|(?<=的)[件人起名户例宗](?:[发增减相上下扩提]|（?次)|(?<=每)[人户名家](?=[补资发万元])|(?<=[户人])均(?=[补资发万元])"
              "|(?<=[推组依帮带联动为向立罚协织助合托])[名家个所支]"
              "|(?<=[请问助访放理待解结办展训彰选建立救扶集签评])[名件份户场期条篇]")
_GONE = "(?:[\ufffd〓▯]|锟斤拷|烫烫烫)+|(?<!^)(?<=[^\n \t\u3000])[\ue000-\uf8ff]+"
_RULE = re.compile("[ \t\u3000]*(?:[×*＊○〇◯xX][ \t\u3000]*){4,}\\s*$")
_COUNTED = "件人名户起份场次个元%％万亿余多市县区镇乡村省年月日某家条期届号社只辆班"
_BOLD = re.compile(f"(\\*\\*)(?![{_COUNTED}])(?=\\S)[^*\n]{{1,80}}?(?<=\\S)(\\*\\*)")


def boxes(text: str) -> tuple[list[Edit], list[Mark]]:
    """Edits that show a lost leading digit as □: ?00余人次 can only have lost one.

    >>> boxes("接待群众?00余人次")[0][0].new
    '□'
    """
    if "?" not in text and "？" not in text:
        return [], []
    return [Edit(m.start(), m.end(), "□", "lost_digit") for m in _rows("lost")["question"][0].finditer(text)], []


def find(text: str) -> list[Mark]:
    """Marks of a repaired text, in order and apart.

    >>> [(text, mark.kind) for text in ["20xx年", "2xx件", "□00余人次", "调解达余件"] for mark in find(text)]
    [('20xx年', 'mask'), ('2xx件', 'mask'), ('□00余人次', 'lost_digit'), ('调解达余件', 'lost_digit')]
    >>> find("二○○九年，7×24小时接听，其余3件")
    []
    """
    found: list[Mark] = [Mark(m.start(), m.end(), "unrepaired") for m in headed(_GONE).finditer(text)]
    for at, line in _lines(text, headed(_MASK_SIGN)):
        skip = {m.start(group) for m in _BOLD.finditer(line) for group in (1, 2)} if "**" in line else set()
        found += [Mark(at + m.start(), at + m.end(), "mask", row) for row, (pattern, need) in _rows("masks").items() if need in line
                  for m in pattern.finditer(line) if m.start() not in skip]
    for at, line in _lines(text, headed(_LOST_SIGN)):
        found += [Mark(at + start, at + end, "lost_digit", row) for row, (pattern, need) in _rows("lost").items()
                  if need in line and row != "question" for start, end in map(_it, pattern.finditer(line))]
    kept: list[Mark] = []
    for mark in sorted(found, key=lambda mark: (mark.start, -mark.end)):
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    return kept


def _lines(text: str, sign: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    """Where each line that holds a sign begins, and the line; lines of nothing but signs are rules on the page."""
    done = 0
    while found := sign.search(text, done):
        start, end = text.rfind("\n", 0, found.start()) + 1, text.find("\n", found.start())
        done = len(text) if end < 0 else end + 1
        line = text[start:done]
        if not _RULE.match(line):
            yield start, line


def _it(found: re.Match[str]) -> tuple[int, int]:
    return next((found.span(name) for name, value in found.groupdict().items() if value), found.span())


@cache
def _rows(part: str) -> dict[str, tuple[re.Pattern[str], str]]:
    """The rows of a part by their names: pattern, and what it cannot do without."""
    return {row["id"]: (headed(row["pattern"], re.MULTILINE), needed(row["pattern"])) for row in table("damage")[part]}
