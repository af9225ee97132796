"""A library's database, opened: made where it is new, brought up to date where it is of an earlier version.

SQLite: write-ahead logging, so that a notebook reads while a batch is written, and `BEGIN IMMEDIATE`, so that writers
wait for one another. PostgreSQL: locks by name that go with the transaction; a reader sees one state of the library.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from wqnlp.errors import Unreadable, Unwritable, WqnlpError
from wqnlp.store.schema import schema
from wqnlp.store.tables import LEGACY, REVISION, metadata
from wqnlp.store.where import Address

T = TypeVar("T")
PATIENCE = 60                            # seconds a SQLite writer waits for another one, and all for a server that went away
PAUSES = (0.05, 0.2, 0.5, 1.0, 2.0)      # before a transaction is tried again that another one stood in the way of
ANEW = ("40001", "40P01")                # PostgreSQL: serialization failure, deadlock
LEAVING = ("57P01", "57P02", "57P03", "08006", "08001", "08003", "08004")   # PostgreSQL: shutting down, starting up, connection lost
NO_SPACE = "53100"
OLDER = ("r0001", "r0002", "r0003")              # revisions that can be brought up to date
SCHEMA = ("schema",)                     # the lock of who makes or changes the tables
SEEN_BY_OLD = 2                          # `user_version` that makes 0.1.0 leave a newer library alone


def engine(address: Address, *, write: bool, cascade: bool = True) -> Engine:
    """A database to read from, or to write to; nothing is opened yet.

    `cascade` says whether removing a document removes its rows; a migration, which moves tables, must not have it.
    """
    made = create_engine(address.url, hide_parameters=True, pool_pre_ping=address.file is None,
                         connect_args={"timeout": PATIENCE} if address.file is not None else {})
    if address.file is None:
        level = "READ COMMITTED" if write else "REPEATABLE READ"
        return made.execution_options(isolation_level=level, postgresql_readonly=not write)

    @event.listens_for(made, "connect")
    def _opened(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None              # the driver leaves BEGIN to us
        if write:
            _write_ahead(connection)
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute(f"PRAGMA foreign_keys={'ON' if cascade else 'OFF'}")
        else:
            # Not `mode=ro`: a reader of a library that is being written keeps a place in its -shm file.
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(made, "begin")
    def _begun(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return made


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Two that open a new file at one time stand in each other's way here, and SQLite does not wait of itself."""
    for pause in (*PAUSES, None):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as fault:
            if pause is None or "locked" not in str(fault):
                raise
            time.sleep(pause)


def lock(db: Connection, *names: tuple[str, ...]) -> None:
    """Hold these names until the transaction ends, waiting for others that hold them. A SQLite writer is alone anyway."""
    if db.dialect.name != "postgresql":
        return
    for name in names:
        db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock_key(name)})


def lock_key(name: Iterable[str]) -> int:
    """The number of a name's lock.

    >>> -2**63 <= lock_key(("path", "总结.txt")) < 2**63
    True
    """
    return int.from_bytes(hashlib.sha256("\0".join(("wqnlp", *name)).encode("utf-8", "surrogatepass")).digest()[:8], signed=True)


class Held:
    """A lock by name on a connection of its own."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._process = connection, os.getpid()
        driver: Any = connection.connection.dbapi_connection
        self._socket = int(driver.fileno())

    def alive(self) -> bool:
        """Whether it is still held: a server that was restarted has forgotten it."""
        try:
            self._connection.execute(text("SELECT 1"))
        except DBAPIError:
            return False
        return True

    def close(self) -> None:
        """Let go; safe to call twice. A process that was forked off only forgets it: it must not hold it on when the one that
        took it ends."""
        if self._connection.closed:
            return
        if os.getpid() != self._process:
            os.close(self._socket)
            return
        self._connection.invalidate()
        self._connection.close()


def hold(made: Engine, name: Iterable[str]) -> Held | None:
    """The lock of that name, or None where another process has it. PostgreSQL alone.

    Asked for a second: of a process that was killed the server hears a little later.
    """
    connection = connected(made).execution_options(isolation_level="AUTOCOMMIT")
    for pause in (0.05, 0.2, 0.75, None):
        if connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": lock_key(name)}).scalar():
            return Held(connection)
        time.sleep(pause or 0)
    connection.close()
    return None


def in_transaction(made: Engine, work: Callable[[Connection], T], locks: Iterable[tuple[str, ...]] = ()) -> T:
    """What `work` gives; all that it wrote, or nothing, whatever ends it. Done again where another writer was in the way,
    and where the server went away, which may be on its way back. `work` must be one that may be done twice: a server that
    goes away while it commits may have committed."""
    names, tries, gone = list(locks), iter(PAUSES), time.monotonic() + PATIENCE
    while True:
        try:
            with made.begin() as db:
                lock(db, *names)
                return work(db)
        except DBAPIError as fault:
            pause = PAUSES[-2] if _went_away(fault) else next(tries, None) if _in_the_way(fault) else None
            if pause is None or time.monotonic() > gone:
                raise
            time.sleep(pause)


def connected(made: Engine) -> Connection:
    """A connection, waited for where a server takes none now."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return made.connect()
        except DBAPIError as fault:
            if not _went_away(fault) or time.monotonic() > until:
                raise
            time.sleep(PAUSES[-2])


def server_went(fault: BaseException) -> bool:
    """Whether an error of a library is of a server that went away in the midst of something, and may be on its way back."""
    return isinstance(fault.__cause__, DBAPIError) and _went_away(fault.__cause__)


def _went_away(fault: DBAPIError) -> bool:
    """Whether a server ended a connection, or takes none now: it is restarted, most often."""
    state = getattr(fault.orig, "sqlstate", None)
    return not isinstance(fault.orig, sqlite3.Error) and (fault.connection_invalidated or state in LEAVING or state is None)


def _in_the_way(fault: DBAPIError) -> bool:
    return getattr(fault.orig, "sqlstate", None) in ANEW or \
        (isinstance(fault.orig, sqlite3.OperationalError) and "locked" in str(fault.orig))


def reason(fault: Exception) -> str:
    """The first line of what a driver said, without statement and values."""
    told = str(getattr(fault, "orig", None) or getattr(fault, "strerror", None) or fault).strip()
    return told.splitlines()[0] if told else type(fault).__name__


def opened_to_write(address: Address, *, new: bool = True) -> Engine:
    """A library to write to: made where there is none (unless `new` says not to), brought up to date where it is older.

    Raises `Unwritable` (E22).
    """
    try:
        if address.file is not None and not new and not os.path.isfile(address.file):
            raise _none(address, Unwritable)
        if address.file is not None:
            Path(address.file).parent.mkdir(parents=True, exist_ok=True)
        made = engine(address, write=True)
        with made.connect() as db:
            state = _state(db)
        if state == "new" and not new:
            raise _none(address, Unwritable)
        if state == "new":
            in_transaction(made, _make, [SCHEMA])
            with made.connect() as db:
                state = _state(db)
        _up_to_date(address, state, Unwritable)
    except (SQLAlchemyError, OSError, ValueError) as fault:
        raise refused(address, fault) from fault
    return made


def refused(address: Address, fault: Exception) -> Unwritable:
    """The error for a library that cannot be written."""
    why, state = reason(fault), getattr(getattr(fault, "orig", None), "sqlstate", None)
    if state == NO_SPACE or "disk is full" in why or "No space" in why:
        todo = "free some space on its disk; the same command then goes on where this one stopped"
    elif address.file is not None:
        todo = "name another one with --store, or close the program that holds it"
    else:
        todo = "see that the database is there, and that its user may write to it; the same command then goes on"
    return Unwritable("E22", address.shown, f"the library cannot be written ({why})", todo)


def opened_to_read(address: Address) -> Engine:
    """A library to read from; one of an earlier version is brought up to date first. Raises `Unreadable` (E22)."""
    if address.file is not None and not os.path.isfile(address.file):
        raise _none(address, Unreadable)
    made = engine(address, write=False)
    try:
        with made.connect() as db:
            state = _state(db)
        if state == "new":
            raise _none(address, Unreadable)
        _up_to_date(address, state, Unreadable)
    except (SQLAlchemyError, OSError, ValueError) as fault:
        raise Unreadable("E22", address.shown, f"it is not a library of this program, or cannot be reached ({reason(fault)})",
                         "name what --store was given") from fault
    return made


def _none(address: Address, error: type[WqnlpError]) -> WqnlpError:
    there = address.file is None or os.path.isfile(address.file)
    return error("E22", address.shown, "there is no library in it" if there else "there is no such library file",
                 "make one with: wqnlp extract FOLDER --store library.db")


def _state(db: Connection) -> str:
    """`new`, `strange`, or the revision of the tables."""
    names = set(inspect(db).get_table_names())
    if "alembic_version" in names and "figures" in names:
        return str(db.execute(text("SELECT version_num FROM alembic_version")).scalar())
    if not names & {*metadata().tables, "sources"}:
        return "new" if db.dialect.name == "postgresql" or not names else "strange"
    if db.dialect.name == "sqlite" and db.exec_driver_sql("PRAGMA user_version").scalar() == LEGACY:
        have = {column["name"] for column in inspect(db).get_columns("figures")}
        return OLDER[0] if have == {column.name for column in schema("figures")} else "strange"
    return "strange"


def _make(db: Connection) -> None:
    """All tables at once, unless somebody else made them meanwhile."""
    if _state(db) != "new":
        return
    metadata().create_all(db, checkfirst=False)
    db.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
                    "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"))
    db.execute(text("INSERT INTO alembic_version VALUES (:now)"), {"now": REVISION})
    _mark(db)


def _mark(db: Connection) -> None:
    if db.dialect.name == "sqlite":
        db.exec_driver_sql(f"PRAGMA user_version={SEEN_BY_OLD}")


def _up_to_date(address: Address, state: str, error: type[WqnlpError]) -> None:
    """Bring an older library up to date in place. Raises the error where it is no library, or a newer one."""
    if state == REVISION:
        return
    if state == "strange":
        raise error("E22", address.shown, "it was made by another version, or is not a library of this program",
                    "name another one with --store, and read the texts into it")
    if state not in OLDER:
        raise error("E22", address.shown, f"it was made by a newer version of this program (its tables are of {state}, "
                    f"this program knows {REVISION})", "install the newer version: pip install --upgrade wqnlp")
    made = engine(address, write=True, cascade=False)
    try:
        in_transaction(made, _upgrade, [SCHEMA])
    except SQLAlchemyError as fault:
        raise error("E22", address.shown, f"it is of an earlier version, and cannot be brought up to date ({reason(fault)})",
                    "see that it may be written, or take a copy that may") from fault
    finally:
        made.dispose()


def _upgrade(db: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    if _state(db) == REVISION:
        return
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = db
    if "alembic_version" not in inspect(db).get_table_names():
        command.stamp(config, OLDER[0])                    # what 0.1.0 made, which had no revisions
    command.upgrade(config, REVISION)
    _mark(db)


