"""In how many places an issue is raised, of those that have a summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from wqnlp.compare.cells import wilson
from wqnlp.compare.recurrence import Seen, rows_of

if TYPE_CHECKING:
    import pandas as pd


def spread(seen: pd.DataFrame, by: Sequence[str] = ("issue",)) -> pd.DataFrame:
    """In how many places, of those with a summary, an issue is raised, with Wilson's 95 % interval.

    `seen` are `occurrences`; `by=("issue", "year")` gives it year by year. Other places report in other years: a change
    from year to year is one of the places too.

    >>> import pandas as pd
    >>> told = dict(year=2006, issue="labour", salience="reported", cases=None, share=None, doc_id="d", start=0, end=1)
    >>> rows = [told | dict(place_id=name, place=name, raised=name != "丙县") for name in ("甲县", "乙县", "丙县")]
    >>> spread(pd.DataFrame(rows))[["issue", "places", "raised"]].values.tolist()
    [['labour', 3, 2]]
    """
    return Spread(by, rows_of(seen)).frame()


class Spread:
    """What `spread` tells, taken in place by place."""

    def __init__(self, by: Sequence[str] = ("issue",), places: Iterable[Iterable[Seen]] = ()) -> None:
        self._by = tuple(by)
        self._places, self._raised, self._loud = Counter[Any](), Counter[Any](), Counter[Any]()
        for rows in places:
            self.take(rows)

    def take(self, rows: Iterable[Seen]) -> None:
        """The rows of one place."""
        own: dict[Any, bool] = {}
        for row in rows:
            key = tuple(getattr(row, name) for name in self._by)
            own[key] = own.get(key, False) or bool(row.raised)
            self._loud[key] += row.salience == "key_problem"
        self._places.update(own.keys())
        self._raised.update(key for key, raised in own.items() if raised)

    def frame(self) -> pd.DataFrame:
        """The rows of `spread`."""
        import pandas as pd

        rows = []
        for key in sorted(self._places):
            raised, places = self._raised[key], self._places[key]
            low, high = wilson(raised, places)
            rows.append((*key, places, raised, raised / places, low, high, self._loud[key]))
        frame = pd.DataFrame(rows, columns=[*self._by, "places", "raised", "spread", "low", "high", "key_problem"])
        return frame.sort_values(["spread", "raised"], ascending=False, kind="stable").reset_index(drop=True) \
            if self._by == ("issue",) else frame
