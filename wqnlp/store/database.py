"""The library, open for writing: a SQLite file or a PostgreSQL database with all TABLES, the source texts, the repairs
and the marks.

Each input file is one transaction. A file read again changes only the rows that differ, so running twice changes
nothing at all; several programs may write at one time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from wqnlp.audits import Links, Told, between
from wqnlp.records import TABLES, Audit, Copy, row
from wqnlp.store import engine, reads
from wqnlp.store.finished import Kept, Stand
from wqnlp.store.ids import Ids
from wqnlp.store.past import Past
from wqnlp.store.ready import Ready, bodies_of
from wqnlp.store.replace import Change, Changes, Replacing, across, add, changed_copies
from wqnlp.store.rows import clean, rows_of, stored
from wqnlp.store.stamp import Stamp, current
from wqnlp.store.tables import given, tables
from wqnlp.store.where import Address, Where, located

if TYPE_CHECKING:
    import pandas as pd

    from wqnlp.pipeline import Result

T = TypeVar("T")

class Arrival(NamedTuple):
    """What became of one file that a watcher found: the hash of its bytes, where, when, and what was told of it."""

    sha256: str
    path: str
    at: str                              # ISO time, UTC
    state: str                           # started, stored, quarantined; unpacked: an archive
    told: str = ""                       # JSON of what was seen in it, or the reason


class Store:
    """A library open for writing, by its path or URL. Raises `Unwritable` (E22) where it cannot be.

    >>> import tempfile
    >>> from wqnlp.pipeline import run_text
    >>> with tempfile.TemporaryDirectory() as folder, Store(f"{folder}/library.db") as store:
    ...     first = store.write(run_text("江平县妇联2013年工作总结\\n全年接待来信来访96件。", "2013.txt"))
    ...     again = store.write(run_text("江平县妇联2013年工作总结\\n全年接待来信来访96件。", "2013.txt"))
    >>> first["figures"], again
    (Change(new=1, gone=0), {})
    """

    def __init__(self, where: Where, *, new: bool = True) -> None:
        """`new` says whether a library is made where there is none."""
        self.where = where
        self.address: Address = located(where)
        self.path = self.address.shown
        self._engine = engine.opened_to_write(self.address, new=new)
        self._look = engine.engine(self.address, write=False)
        self._lost: set[str] = set()
        self._written = Ids()

    def transaction(self, work: Callable[[Connection], T], *locks: tuple[str, ...]) -> T:
        """What `work` gives of a connection, in one transaction that holds these locks. Raises `Unwritable` (E22)."""
        try:
            return engine.in_transaction(self._engine, work, locks)
        except SQLAlchemyError as fault:
            raise engine.refused(self.address, fault) from fault

    def write(self, result: Result, arrival: Arrival | None = None, *, stand: Stand | None = None,
              stamp: Stamp | None = None) -> Changes:
        """Put in all that one file gave, in place of what the library had of the same bytes or the same path.

        `arrival` is told of it in the same transaction, and its summaries are held against their other years in the
        library: all of it stands in the library, or nothing. Without an arrival its bodies are `pending`, in the same
        transaction, until `relate` has done that once for a batch. `stand` is how the file stood when it was read.
        Gives what changed, which is nothing where the library holds the same already.
        """
        if isinstance(result, Ready) and result.made is not None and stamp is None:
            made, own = result.made, result.bodies
        else:
            made, own = rows_of(result, stamp or current()), bodies_of(result)

        def work(db: Connection) -> tuple[Changes, set[str]]:
            if arrival is not None:
                self._put_arrival(db, arrival)
            replacing = Replacing(db, result, made)
            changes = replacing.run()
            if stand is not None:
                reads.put(db, stand, gave=result.sha256() is not None)
            if arrival is not None:
                for body in sorted(own | replacing.lost | self._lost):
                    self._relate(db, body, ())
            elif changes:
                reads.owe(db, own | replacing.lost)
            return changes, replacing.lost

        changes, lost = self.transaction(work)
        self._lost = set() if arrival is not None else self._lost | lost
        self._written.update(document[0] for document in made["documents"])
        return changes

    def changes(self, result: Result, *, stamp: Stamp | None = None) -> Changes:
        """What `write` would change. Nothing is written."""
        made = rows_of(result, stamp or current())
        try:
            with self._engine.connect() as db:
                return Replacing(db, result, made).run()       # and never committed
        except SQLAlchemyError as fault:
            raise engine.refused(self.address, fault) from fault

    def stand(self, path: str) -> Stand | None:
        """How a path stood when its rows were made, None where the library does not have what the rules of now made of it."""
        return self._looked(lambda db: reads.stand(db, clean(path)))

    def has_read(self) -> bool:
        """Whether the library knows of any path how it stood."""
        return self._looked(reads.some)

    def kept(self, path: str) -> Kept:
        """What the library holds of a path that it has a `stand` of."""
        return self._looked(lambda db: reads.kept(db, clean(path)))

    def own(self, doc_ids: Iterable[str]) -> None:
        """Summaries that are of this run although an earlier one wrote them: `amend` is of them, too."""
        self._written.update(doc_ids)

    def pending(self) -> list[str]:
        """Bodies whose summaries changed and were not held against one another since, by this run or one that was stopped."""
        return self._looked(reads.pending)

    def _looked(self, work: Callable[[Connection], T]) -> T:
        try:
            return engine.in_transaction(self._look, work)
        except SQLAlchemyError as fault:
            raise engine.refused(self.address, fault) from fault

    def relate(self, body: str, said: Iterable[Told] = ()) -> list[Audit]:
        """Hold all summaries of a body against one another, and put what is found in place of what was found before.

        `said` is what the caller knows of some of them already; the others are read back.
        """
        known = list(said)
        return self.transaction(lambda db: self._relate(db, body, known))[0]

    def related(self, body: str) -> Change:
        """`relate` of what the library holds of a body: how many audits are new, and how many are gone."""
        return self.transaction(lambda db: self._relate(db, body, ()))[1]

    def _relate(self, db: Connection, body: str, said: Iterable[Told]) -> tuple[list[Audit], Change]:
        engine.lock(db, ("body", body))      # only now: what another writer of the body has put in is seen after its end
        known, past, audits = list(said), Past(db), tables("audits")
        known += past.of(body, but={one.doc_id for one in known})
        found = between(known, Links(past.copies(known), past.alike))
        doc_ids = [one.doc_id for one in known]
        rows = db.execute(select(audits.c.seq, *given("audits")).where(audits.c.doc_id.in_(doc_ids)).order_by(audits.c.seq))
        wanted, gone = Counter(stored("audits", audit) for audit in found), []
        for seq, *had in rows:
            if not across(tuple(had)):
                continue
            if wanted[tuple(had)] > 0:
                wanted[tuple(had)] -= 1
            else:
                gone.append(seq)
        if gone:
            db.execute(delete(audits).where(audits.c.seq.in_(gone)))
        new = list(wanted.elements())
        add(db, "audits", new)
        reads.settle(db, body)
        return found, Change(len(new), len(gone))

    def arrived(self, arrival: Arrival) -> None:
        """Note what became of a file that gave nothing to write: broken, or there already."""
        self.transaction(lambda db: self._put_arrival(db, arrival), ("arrival", arrival.sha256))

    def arrival(self, sha256: str) -> Arrival | None:
        """What is noted of a file by the hash of its bytes; None where it never arrived."""
        table = tables("arrivals")
        found = self._looked(lambda db: db.execute(select(table).where(table.c.sha256 == sha256)).one_or_none())
        return None if found is None else Arrival(*found)

    def holds(self, sha256: str, stamp: Stamp | None = None) -> str | None:
        """The path under which the library holds these bytes, or None; with a stamp only as read by those rules."""
        c = tables("files").c
        test = (c.sha12 == sha256[:12]) & (c.sha256 == sha256)
        if stamp is not None:
            test &= (c.version == stamp.version) & (c.rules == stamp.rules) & (c.models == stamp.models)
        found = self._looked(lambda db: db.execute(select(c.path).where(test)).scalar())
        return None if found is None else str(found)

    def frames(self) -> dict[str, pd.DataFrame]:
        """All TABLES as DataFrames, with the corrections of people."""
        from wqnlp.store.reader import Reader

        with Reader(self.where) as reader:
            return {table: reader.frame(table) for table in TABLES}

    def _put_arrival(self, db: Connection, arrival: Arrival) -> None:
        table = tables("arrivals")
        engine.lock(db, ("arrival", arrival.sha256))
        db.execute(delete(table).where(table.c.sha256 == arrival.sha256))
        db.execute(insert(table).values(arrival._replace(path=clean(arrival.path), told=clean(arrival.told))._asdict()))

    def amend(self, copies: Mapping[str, tuple[Copy, ...]]) -> None:
        """Fill in `copies` of the documents, once the last file is read.

        What was found between two summaries of this run takes the place of what stood there of the two; copies among
        files of other runs stay.
        """
        self._written.update(copies)
        t = tables("documents")

        def work(db: Connection) -> None:
            for some in self._written.parts():
                stands = {row[0]: row[1] for row in db.execute(select(t.c.doc_id, t.c.copies).where(t.c.doc_id.in_(some)))}
                found = {doc_id: [row(copy) for copy in copies.get(doc_id, ())] for doc_id in stands}
                changed = changed_copies(stands, found, self._written)
                if changed:
                    db.execute(update(t).where(t.c.doc_id == bindparam("which")).values(copies=bindparam("told")),
                               [{"which": doc_id, "told": told} for doc_id, told in changed.items()])

        self.transaction(work, ("copies",))

    def hold(self, *name: str) -> engine.Held | None:
        """A lock of a PostgreSQL library by name, until it is closed or the process ends; None where another one has it."""
        try:
            return engine.hold(self._engine, name)
        except SQLAlchemyError as fault:
            raise engine.refused(self.address, fault) from fault

    def close(self) -> None:
        """Close it; readers keep what they had."""
        self._engine.dispose()
        self._look.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None,
                 where: TracebackType | None) -> None:
        self.close()
