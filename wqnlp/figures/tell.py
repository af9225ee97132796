"""What the quantities of a summary count, about which issue, by whom, and how they hang together."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from wqnlp.figures import divided, elided, grid, pairs, periods, repeats, tree
from wqnlp.figures.actor import actor, is_of_bodies, of_cell, reporter
from wqnlp.figures.base import Quantity
from wqnlp.figures.cell_tree import link_cells
from wqnlp.figures.context import Context, contexts
from wqnlp.figures.inherit import inherit
from wqnlp.figures.issue import issue, named
from wqnlp.figures.learned import second_looks
from wqnlp.figures.measure import BECAME, LIST_OF_CHANGES, Reading, in_words, measure
from wqnlp.records import Document
from wqnlp.structure.base import Summary
from wqnlp.structure.outline import marker
from wqnlp.tables import table

LONGEST = 36                # characters of a caption
REACH = 80                  # figures of its sentence that one may lean on
PLANS = re.compile(r"(?:打算|计划|思路|设想)$|^[^，]{0,6}(?:下一?步|明年|下半年|来年|今后)")
RATES = frozenset({"resolution_rate", "satisfaction_rate"})
OTHERS = re.compile(r"其[他它余]")
SUCH = re.compile(r"[此该这]类")
BARE = re.compile(r"^[\s　]*(?:今年|全年|上半年|共计?|合计|总计)*(?:共|有|达)?(?:受理|接待|收到|接访|反映|投诉)?(?:的|了)?$")
DONE = re.compile(r"全年|已|一年来|总的看|今年以来|回顾|完成了|截至|春节前")


def tell(summary: Summary, quantities: list[Quantity], document: Document) -> list[Context]:
    """Fill in measure, issue, actor, role, parent, period and the flags `previous` and `duplicate` of quantities in text order."""
    views, by_default = contexts(summary, quantities), reporter(document.organisation)
    _tell_each(views, quantities, summary, by_default)
    dated = periods.dated(summary, views, document.year)
    periods.set_apart(summary, views, document, dated)
    placed = grid.cells(summary, quantities)
    for cell in placed:
        _tell_cell(cell)
        cell.quantity.actor = of_cell("".join((*cell.path, *cell.labels)), by_default)
        periods.of_cell(cell.quantity, document)
    in_tables = {id(cell.quantity) for cell in placed}
    told = [view for view in views if id(view.quantity) not in in_tables]
    tree.link(told, [cell.quantity for cell in placed])
    divided.divide(told)
    pairs.part(told)
    tree.tell_roles(told)
    link_cells(placed)
    _shares_of_rest(quantities)
    inherit(views)
    repeats.mark(views)
    periods.narrow(views, document, dated)
    return views


def _tell_each(views: list[Context], quantities: list[Quantity], summary: Summary, by_default: str) -> None:
    """Measure, issue and actor of each quantity, and whether it is planned."""
    starts, text = [q.start for q in quantities], summary.repaired.text
    # Of each quantity those before it in its sentence.
    leaned = [quantities[max(bisect_left(starts, view.sentence.start), index - REACH):index] for index, view in enumerate(views)]
    bodies: set[int] = set()
    for index, (view, reading) in enumerate(zip(views, _readings(views, leaned), strict=True)):
        quantity, earlier = view.quantity, leaned[index]
        if reading.rule == LIST_OF_CHANGES:
            _same_way(quantity, quantities[index - 1])
        quantity.issue = _issue(view, earlier, earlier or elided.before(views, quantities, starts, index, text))
        if reading.rule == BECAME:
            quantity.issue = quantity.issue or quantities[index - 1].issue
        if quantity.issue is None:
            quantity.issue = _of_topic(view, summary)
        quantity.actor = actor(view, by_default)
        bodies |= {id(quantity)} if is_of_bodies(view) else set()
        _carry(view, [one for one in earlier if id(one) not in bodies])
        if PLANS.search(view.heading) and not DONE.search(view.wide):
            quantity.flags.add("planned")


def _readings(views: list[Context], leaned: Sequence[Sequence[Quantity]]) -> Iterator[Reading]:
    """What each quantity counts: as the rules read it, with a second look of the model; filled in as it is asked for."""
    said: list[Reading] = []
    for view, earlier in zip(views, leaned, strict=True):
        said.append(measure(view, earlier))
        view.quantity.measure = said[-1].measure
        view.quantity.reasons.append(f"measure: {said[-1].rule}")
    for view, reading in zip(views, second_looks(said, views), strict=True):
        view.quantity.measure, view.quantity.confidence = reading.measure, reading.trust
        view.quantity.reasons[-1] = f"measure: {reading.rule}"
        yield reading


def _issue(view: Context, earlier: Sequence[Quantity], leant_on: Sequence[Quantity]) -> str | None:
    """What a quantity is about; `leant_on` are those before it in its sentence, or in the one that it leans on."""
    found, quantity = issue(view, leant_on), view.quantity
    if found == "other" and leant_on and not earlier:
        found = issue(view, earlier)                         # after 其他 the sentence is of them all
    if found is not None and leant_on and not earlier and issue(view, earlier) != found:
        quantity.reasons.append("issue: of the sentence before")
    return None if found == "other" and quantity.measure in RATES and not OTHERS.search(view.own) else found


def _of_topic(view: Context, summary: Summary) -> str | None:
    """What 此类投诉 is about: the issue that the sentence before it names, or its heading; and what 共298件 is about after a
    sentence that begins an item and names one: 1、婚姻家庭问题仍占首位。"""
    if view.quantity.measure not in table("issues")["about"]:
        return None
    such = SUCH.search(view.own)
    if not such and not (view.sentence.start and BARE.match(view.told.rpartition("，")[2])):
        return None
    last, text = summary.sentence_at(view.sentence.start - 1), summary.repaired.text
    words = text[last.start:last.end]
    if such:
        return named(words[-LONGEST:]) or named(view.heading)
    begins = text.rfind("\n", 0, last.start) + 1 >= last.start - 1 and marker(text, last.start, last.end) is not None
    return named(words) if begins and "\n" not in text[last.end:view.sentence.start] and not re.search(r"\d", words[3:]) else None


def _same_way(quantity: Quantity, last: Quantity) -> None:
    """分别下降8%和3.5%: what goes on a list of decreases is one, too."""
    if (last.value or 0.0) < 0 < (quantity.value or 0.0):
        quantity.value = -(quantity.value or 0.0)
        quantity.low, quantity.high = (None if bound is None else -bound for bound in (quantity.high, quantity.low))


def readings(summary: Summary, quantities: list[Quantity]) -> Iterator[tuple[Context, Reading]]:
    """What the rules alone read each quantity as, with its context: the rows a model is trained on."""
    starts = [q.start for q in quantities]
    for index, view in enumerate(contexts(summary, quantities)):
        reading = measure(view, quantities[max(bisect_left(starts, view.sentence.start), index - REACH):index])
        view.quantity.measure = reading.measure
        view.quantity.reasons.append(f"measure: {reading.rule}")
        yield view, reading


def _shares_of_rest(quantities: list[Quantity]) -> None:
    """其他99件，占3%; 办结221件，办结率93.9%: about what the tree found their figure to be about."""
    last: Quantity | None = None
    for quantity in quantities:
        if quantity.kind != "percent":
            last = quantity
        elif last is not None and _unsaid(quantity, last):
            quantity.issue = last.issue


def _unsaid(quantity: Quantity, last: Quantity) -> bool:
    """Whether a percentage's own words name no issue that the figure before it has."""
    if quantity.measure == "share":
        return quantity.issue == "other"
    return quantity.issue is None and quantity.measure == "resolution_rate" and last.measure in tree.OUTCOMES


def _tell_cell(cell: grid.Cell) -> None:
    """A cell's measure and issue are in its heads, its row labels and the caption."""
    quantity, known = cell.quantity, table("issues")
    heads, labels = "".join(cell.path), "".join(cell.labels)
    if any(grid.words("change").search(name) for name in (*cell.path, *cell.labels)):
        reading = Reading("change", "a column of changes", 0.9)
    else:
        reading = in_words([f"{heads}{labels}", f"{labels}{heads}", heads, cell.caption], quantity.unit)
    quantity.measure, quantity.confidence = reading.measure, 0.85
    quantity.reasons.append(f"table cell: {reading.rule}")
    named_so = [*reversed(cell.path), *reversed(cell.labels)]
    if any(grid.words("last_year").search(name) for name in named_so):
        quantity.flags.add("previous")
    quantity.dated = (labels, heads)
    rest = any(word in ("其他", "其它", "其他类") for word in (cell.head, cell.row_label))
    quantity.issue = next((found for name in named_so if (found := named(name))), None) or _of_caption(cell.caption)
    if rest and named(cell.head) is None and named(cell.row_label) is None:
        quantity.issue = quantity.issue or "other"
    if quantity.measure not in known["about"] and not (
            quantity.measure in known["about_if_strong"] and quantity.issue in known["strong"]):
        quantity.issue = None


def _of_caption(caption: str) -> str | None:
    """The issue that a table's caption is about, where it is a name and not a sentence, and does not speak of all kinds."""
    return None if len(caption) > LONGEST or "。" in caption or "类" in caption else named(caption)


def _carry(view: Context, earlier: list[Quantity]) -> None:
    """Actor and issue of a list are those of the figure it began with: 办结31件 is the court's, too."""
    quantity = view.quantity
    if not earlier or quantity.actor != "womens_federation" or "妇联" in view.own:
        return
    for other in reversed(earlier):
        if "；" in view.lead[view.lead.rfind("〕") + 1:] and other is earlier[-1]:
            return
        if other.actor not in (None, "womens_federation", "volunteers") and other.measure != "change":
            quantity.actor = other.actor
        return
