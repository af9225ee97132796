"""Which one slip explains a relation that does not hold, or a number that cannot be read.

Every audit is a constraint over the values of its figures, to the tolerance of the printed digits. A slip is a small
change to one printed number: another digit, zeros lost at the end, a lost percent sign, hidden or lost digits
filled. A slip explains a contradiction where it makes the relation hold and breaks no other relation of the same
figure; a hidden number is explained where every relation that holds nothing else hidden leaves one value that agrees
with the digits still seen. Only what is explained in a single way is suggested, and no figure is ever changed.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from wqnlp.audits.base import EPS, Placed, Reading, judge
from wqnlp.audits.changes import signed
from wqnlp.records import Audit

Values = Sequence[float]
PRINTED = re.compile(r"[\dxX×＊*□○]+(?:[,，][\dxX×＊*□○]{3})*(?:\.[\dxX×＊*□○]+)?|\.\d+")
HIDDEN = re.compile(r"[xX×＊*□○]")
TRIED = 100                              # values of a hidden number that are tried
MEMBERS = 80                             # figures of a relation in which a slip is looked for
BLAMED = 3                               # contradictions a figure is in before the others in them are let off
ZEROS = (10, 100, 1000)


@dataclass(slots=True)
class Constraint:
    """An audit with its figures in place."""

    audit: Audit
    members: tuple[Placed, ...]
    values: list[float | None] = field(default_factory=list)

    def status(self, at: int, value: float) -> str:
        """The status if member `at` had this value; the others as printed."""
        values = [0.0 if v is None else v for v in self.values]
        values[at] = value
        low, high, unit = needed(self, values, 0)
        return judge(abs(values[0]) if self.audit.kind == "change" else values[0], low, high, unit)


def needed(rule: Constraint, values: Values, at: int) -> tuple[float, float, float]:
    """Least and most that member `at` may be for the relation to hold exactly, and the unit it is printed to.

    The ends are computed from the other members' values; half a unit on either side is left to the caller.
    """
    kind, members = rule.audit.kind, rule.members
    unit = members[at].step
    if kind == "sum":
        wide = max(m.step for m in members)
        exact = sum(values[1:]) if at == 0 else values[0] - sum(values[1:]) + values[at]
        return exact, exact, wide if wide != 1 else 0.0
    if kind == "remainder":
        exact = (values[1] - values[2], values[0] + values[2], values[1] - values[0])[at]
        return exact, exact, 0.0
    if kind == "restatement":
        return values[1 - at], values[1 - at], 0.0
    if kind == "ratio":
        return _ratio(rule, values, at, unit)
    return _change(rule, values, at, unit)


def _ratio(rule: Constraint, values: Values, at: int, unit: float) -> tuple[float, float, float]:
    stated = rule.members[0]
    if not stated.percent:               # an amount a head: [each, all, heads]
        half = stated.step / 2
        if at == 0:
            exact = values[1] / values[2] if values[2] else math.inf
            return exact, exact, max(unit, 1.0)
        low, high = (values[0] - half, values[0] + half)
        if at == 1:
            return low * values[2], high * values[2], 0.0
        return values[1] / high, values[1] / low if low > 0 else math.inf, 0.0
    total, parts = values[-1], values[1:-1]
    if at == 0:
        exact = 100 * sum(parts) / total if total else math.inf
        return exact, exact, unit
    half = stated.step / 2
    low, high = max(0.0, values[0] - half) / 100, (values[0] + half) / 100
    if at == len(values) - 1:
        return sum(parts) / high, sum(parts) / low if low > 0 else math.inf, 0.0
    others = sum(parts) - values[at]
    return low * total - others, high * total - others, 0.0


def _change(rule: Constraint, values: Values, at: int, unit: float) -> tuple[float, float, float]:
    """[difference, current, base], [percent, current, base] or [percent, difference, base or current]."""
    stated, second, third = rule.members
    grown = -1.0 if (values[0] < 0) else 1.0
    relative = stated.percent or stated.figure.unit == "倍"
    if not relative:
        exact = (abs(values[1] - values[2]), values[2] + values[0], values[1] - values[0])[at]
        return exact, exact, unit if unit != 1 else 0.0
    times = 100.0 if stated.figure.unit == "倍" else 1.0
    half = stated.step / 2
    low, high = (max(0.0, abs(values[0]) * times - half) / 100, (abs(values[0]) * times + half) / 100)
    apart = second.figure.measure == "change"
    to_base = apart and third.base
    if at == 0:
        more = signed(second, values[1]) if apart else values[1] - values[2]
        base = values[2] if to_base or not apart else values[2] - more
        exact = 100 * abs(more) / base / times if base > 0 else math.inf
        return exact, exact, unit / times if times > 1 else unit
    if apart and to_base:
        ends = [values[2] * f if at == 1 else abs(values[1]) / f if f else math.inf for f in (low, high)]
    elif apart:
        ends = [values[2] * f / (1 + grown * f) if at == 1 else abs(values[1]) * (1 + grown * f) / f if f else math.inf
                for f in (low, high) if 1 + grown * f > 0]
    else:
        ends = [values[2] * (1 + grown * f) if at == 1 else values[1] / (1 + grown * f)
                for f in (low, high) if 1 + grown * f > 0]
    if len(ends) < 2:
        return math.inf, math.inf, 0.0
    return min(ends), max(ends), 0.0


@dataclass(frozen=True, slots=True)
class Slip:
    """A value that one slip of the pen or of a converter turned into what is printed."""

    at: str                              # the figure
    value: float
    reason: str
    mended: int = 1                      # contradictions that end with it


def suggest(reading: Reading, audits: Sequence[Audit]) -> list[Audit]:
    """The audits, with a suggestion where a single slip explains what is wrong or hidden."""
    rules = [constraint(reading, a) for a in audits if len(a.figures) <= MEMBERS]
    around: dict[str, list[tuple[Constraint, int]]] = defaultdict(list)
    for rule in rules:
        for at, member in enumerate(rule.members):
            around[member.figure.id].append((rule, at))
    told: dict[int, str] = {}
    for rule in rules:
        words = None
        if rule.audit.status == "inconsistent":
            words = _contradiction(rule, around)
        elif rule.audit.status == "undetermined":
            words = _hidden(rule, around)
        elif rule.members[0].sign_lost and rule.members[0].figure.value is None:
            words = f"{rule.members[0].figure.text}%：百分号脱落，{terms(rule)}合{rule.audit.computed:.4g}%"
        if words:
            told[id(rule.audit)] = words
    return [replace(a, suggestion=told[id(a)]) if id(a) in told else a for a in audits]


def constraint(reading: Reading, audit: Audit) -> Constraint:
    """An audit with the values as printed, and a total whose zeros were lost with them put back."""
    members = tuple(reading.by_id[i] for i in audit.figures)
    values = [m.printed for m in members]
    if audit.kind == "ratio" and members[-1].figure.id in reading.supposed:
        values[-1] = reading.supposed[members[-1].figure.id]
    return Constraint(audit, members, values)


def terms(rule: Constraint) -> str:
    """How the stated value follows from the others, in signs: 44+3+3=50; 26/50."""
    kind, names = rule.audit.kind, [_number(v) for v in rule.values]
    if kind == "sum":
        return "+".join(names[1:])
    if kind == "remainder":
        return f"{names[1]}-{names[2]}"
    if kind == "ratio":
        parts = "+".join(names[1:-1])
        return f"({parts})/{names[-1]}" if len(names) > 3 else f"{parts}/{names[-1]}"
    return "与".join(names[1:])


def _number(value: float | None) -> str:
    return "□" if value is None else f"{value:.10g}"


def _contradiction(rule: Constraint, around: dict[str, list[tuple[Constraint, int]]]) -> str | None:
    """The one slip that mends a relation and harms no other."""
    if any(v is None for v in rule.values):
        return None
    slips = []
    for at, member in enumerate(rule.members):
        low, high, unit = needed(rule, [v or 0.0 for v in rule.values], at)
        if not math.isfinite(low) or high < 0:
            continue
        for value, reason in _slips(member, low - unit / 2, high + unit / 2):
            mended = mends(member, value, around[member.figure.id])
            if mended and rule.status(at, value) == "consistent":
                slips.append(Slip(member.figure.id, value, f"{member.figure.text}{reason}", mended))
    most = max((s.mended for s in slips), default=0)
    best = {(s.at, s.value): s for s in slips if s.mended == most}
    # A figure that is in many contradictions is most likely the wrong one, though nothing simple mends it.
    blamed = max(sum(r.audit.status == "inconsistent" for r, _ in around[m.figure.id]) for m in rule.members)
    if len(best) != 1 or (blamed >= BLAMED and 2 * most <= blamed):
        return None
    [slip] = best.values()
    unit_name = next(m.figure.unit or "" for m in rule.members if m.figure.id == slip.at)
    printed = next(m.figure.text for m in rule.members if m.figure.id == slip.at)
    return f"{_as_printed(slip.value, printed)}{unit_name}：{slip.reason}，{_why(rule, slip)}"


def _as_printed(value: float, printed: str) -> str:
    """A value with as many decimals as the number it stands for: 76.0 for 76.3%."""
    decimals = re.search(r"\d\.(\d+)%?$", printed)
    return f"{value:.{len(decimals[1])}f}" if decimals else _number(value)


def _why(rule: Constraint, slip: Slip) -> str:
    """The relation with the corrected value in it."""
    return written(rule, next(at for at, m in enumerate(rule.members) if m.figure.id == slip.at), slip.value)


def written(rule: Constraint, place: int, value: float) -> str:
    """A relation in signs, with a value in place of what is printed: 44+3+3=50."""
    names = [_as_printed(value, m.figure.text) if at == place else _number(v)
             for at, (m, v) in enumerate(zip(rule.members, rule.values, strict=True))]
    kind = rule.audit.kind
    if kind == "sum":
        return f"{'+'.join(names[1:])}={names[0]}"
    if kind == "remainder":
        return f"{names[1]}-{names[2]}={names[0]}"
    if kind == "restatement":
        return f"与前文的{names[1]}一致"
    if kind == "ratio":
        over = f"({'+'.join(names[1:-1])})" if len(names) > 3 else names[1]
        return f"{over}/{names[-1]}合{names[0]}{'%' if rule.members[0].percent else ''}"
    return f"与{names[1]}、{names[2]}相合"


def mends(member: Placed, value: float, rules: Sequence[tuple[Constraint, int]]) -> int:
    """How many contradictions end if a figure has this value; 0 where it makes a new one."""
    mended = 0
    for rule, at in rules:
        if rule.audit.status == "undetermined" or any(v is None for i, v in enumerate(rule.values) if i != at):
            continue
        if rule.status(at, value) != "inconsistent":
            mended += rule.audit.status == "inconsistent"
        elif rule.audit.status != "inconsistent":
            return 0
    return mended


def _slips(one: Placed, low: float, high: float) -> Iterator[tuple[float, str]]:
    """Values in a range that one digit, or zeros at the end, set apart from what is printed, each with its reason."""
    text, scale = _digits(one)
    if text is None or one.vague:
        return
    slack = EPS * max(1.0, abs(high) if math.isfinite(high) else abs(low))
    sign = -1.0 if (one.printed or 0.0) < 0 else 1.0
    for at, old in enumerate(text):
        for new in "0123456789" if old.isdigit() else "":
            value = float(text[:at] + new + text[at + 1:]) * scale
            if new != old and low - slack <= value <= high + slack and not (at == 0 and new == "0" and text[1:2] not in (".", "")):
                yield sign * value, f"的“{old}”疑为“{new}”之误"
    for times in ZEROS if "." not in text else ():
        value = float(text) * scale * times
        if value and low - slack <= value <= high + slack:
            yield sign * value, "末位的零脱落"


def _digits(one: Placed) -> tuple[str | None, float]:
    """The number as plain digits, and what one of its units is worth: 4.5万元 is 4.5 of 10000."""
    value = one.printed
    if value is None:
        return None, 1.0
    found = re.search(r"\d[\d,，]*(?:\.\d+)?", unicodedata.normalize("NFKC", one.figure.text))
    if found is None:
        return f"{abs(value):.10g}", 1.0
    raw = re.sub("[,，]", "", found[0])
    plain = float(raw)
    scale = round(abs(value) / plain) if plain and value else 1
    return (raw, float(scale)) if scale >= 1 and math.isclose(plain * scale, abs(value)) else (f"{abs(value):.10g}", 1.0)


def _hidden(rule: Constraint, around: dict[str, list[tuple[Constraint, int]]]) -> str | None:
    """The one value a masked or lost number can have."""
    blank = [at for at, v in enumerate(rule.values) if v is None]
    if len(blank) > 1 or any(m.vague for m in rule.members):
        return None
    if not blank:                        # a bare number whose sign is lost, and zeros with it: 结案率为1
        return _zeros_and_sign(rule)
    member = rule.members[blank[0]]
    pattern = _pattern(member)
    if pattern is None:
        return None
    low, high = 0.0, math.inf
    for other, at in around[member.figure.id]:
        if any(v is None for i, v in enumerate(other.values) if i != at) or any(m.vague for m in other.members):
            continue
        least, most, unit = needed(other, [v or 0.0 for v in other.values], at)
        # Contradictions among the others leave nothing to go by.
        low, high = max(low, least - unit / 2), min(high, most + unit / 2)
    fitting = list(_fitting(member, pattern, low, high))
    if len(fitting) != 1:
        return None
    value = fitting[0]
    what = "数字脱落" if "damaged" in member.figure.flags else "数字被遮盖"
    slip = Slip(member.figure.id, value, f"{member.figure.text}{what}")
    return f"{_number(value)}{member.figure.unit or ''}：{slip.reason}，{_why(rule, slip)}"


def _zeros_and_sign(rule: Constraint) -> str | None:
    stated = rule.members[0]
    if not stated.sign_lost or rule.audit.kind != "ratio":
        return None
    low, high, unit = needed(rule, [v or 0.0 for v in rule.values], 0)
    for times in (10, 100):
        value = (stated.printed or 0.0) * times
        if value <= 100 and judge(value, low, high, unit) == "consistent":
            return f"{value:g}%：{stated.figure.text}末位的零和百分号脱落，{terms(rule)}合{low:.4g}%"
    return None


def _pattern(one: Placed) -> re.Pattern[str] | None:
    """What the digits still seen say of a number: 2xx is 2 and two more; a number with no digit left may be any."""
    text = unicodedata.normalize("NFKC", one.figure.text)
    if re.search(r"[多余几数]", text):
        return None
    found = PRINTED.search(text)
    if found is None:
        return re.compile(r"[1-9]\d*") if "damaged" in one.figure.flags else None
    raw = re.sub("[,，]", "", found[0])
    if raw.startswith("."):
        return re.compile(r"\d+" + re.escape(raw))
    if not re.search(r"\d", raw):        # XX万元: how many digits were hidden is not known, nor of XX% the decimals
        return None if one.percent and "." not in raw else re.compile(r"\d+(?:\.\d+)?" if "." in raw else r"\d+")
    if not HIDDEN.search(raw):
        return None
    return re.compile("".join(r"\d" if HIDDEN.match(c) else re.escape(c) for c in raw))


def _fitting(one: Placed, pattern: re.Pattern[str], low: float, high: float) -> Iterator[float]:
    """Values of a range that print as the pattern says."""
    decimals = re.search(r"\.([\dxX×＊*□○]+)", one.figure.text)
    grain = 10.0 ** -len(decimals[1]) if decimals else 1.0
    scale = 1e8 if "亿" in one.figure.text else 1e4 if "万" in one.figure.text else 1.0
    slack = EPS * max(1.0, high if math.isfinite(high) else 1.0)
    first, last = math.ceil((low - slack) / (grain * scale)), (high + slack) / (grain * scale)
    if not math.isfinite(last) or last - first > TRIED * 10:
        return
    for count in range(max(1, first), math.floor(last) + 1):
        value = round(count * grain, 6)
        printed = f"{value:.{len(decimals[1])}f}" if decimals else f"{value:.0f}"
        if pattern.fullmatch(printed):
            yield round(value * scale, 6)
