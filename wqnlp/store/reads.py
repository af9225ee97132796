"""What a library knows of a batch that is under way, or was stopped: how each path stood when it was read, and which bodies'
years are still to be held against one another. Written in the transaction of the rows it tells of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Connection, and_, delete, func, select, text

from wqnlp.records import TABLES, ErrorRow
from wqnlp.span import Repair
from wqnlp.store.finished import Kept, Stand, shown_again
from wqnlp.store.past import Past, of_file
from wqnlp.store.rows import clean, unpacked
from wqnlp.store.stamp import Stamp, current
from wqnlp.store.tables import given, tables

NOTED = ("path", "state", "sha256", "made_by", "ended", "gave", "repeats")
PUT = text(f"INSERT INTO reads ({', '.join(NOTED)}) VALUES ({', '.join(f':{name}' for name in NOTED)}) ON CONFLICT (path) "
           f"DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in NOTED[1:])}")
"""Written out, as it is done for each file: putting a statement together takes longer than to do it."""


def put(db: Connection, stand: Stand, *, gave: bool) -> None:
    """Note how a path stood. `gave` says whether it could be read, and so has a row of `files`."""
    if stand.state or stand.sha256 is not None:
        db.execute(PUT, {"path": clean(stand.path), "state": stand.state, "sha256": stand.sha256, "made_by": str(current()),
                         "ended": stand.ended, "gave": int(gave and not stand.repeats), "repeats": int(stand.repeats)})
    else:
        t = tables("reads")
        db.execute(delete(t).where(t.c.path == clean(stand.path)))


def some(db: Connection) -> bool:
    """Whether there is any path that it is known of."""
    return db.execute(select(tables("reads").c.path).limit(1)).first() is not None


def stand(db: Connection, path: str) -> Stand | None:
    """How a path stood, where its rows are still there as the rules of now made them."""
    r, f = tables("reads"), tables("files")
    row = db.execute(select(r, f.c.version, f.c.rules, f.c.models).select_from(r.outerjoin(f, and_(
        f.c.sha12 == func.substr(r.c.sha256, 1, 12), f.c.sha256 == r.c.sha256, f.c.path == r.c.path))).where(
            r.c.path == path)).mappings().one_or_none()
    if row is None or row["made_by"] != str(current()):
        return None
    if row["gave"] and Stamp(row["version"], row["rules"], row["models"]) != current():
        return None
    return Stand(path, row["state"], row["sha256"], row["ended"], bool(row["repeats"]))


def kept(db: Connection, path: str) -> Kept:
    """What the library holds of a path that `stand` knows."""
    files, errors, repairs, past = tables("files"), tables("errors"), tables("repairs"), Past(db)
    told = [ErrorRow(**row) for row in db.execute(select(*given("errors")).where(errors.c.path == path).order_by(
        errors.c.seq)).mappings()]
    sha256 = db.execute(select(tables("reads").c.sha256).where(tables("reads").c.path == path)).scalar_one()
    held = db.execute(select(files.c.sha12, files.c.text).where(files.c.path == path, files.c.sha256 == sha256)).one_or_none()
    rows = Counter({"errors": len(told)})
    if held is None:
        return Kept(sha256, errors=told, rows=rows)
    sha12, packed = held
    for name in TABLES.keys() - {"errors"}:
        t = tables(name)
        rows[name] = int(db.execute(select(func.count()).select_from(t).where(of_file(t.c.doc_id, sha12))).scalar_one())
    log = [Repair(start, end, new, ()) for start, end, new in db.execute(select(
        repairs.c.start, repairs.c.end, repairs.c.new).where(repairs.c.sha12 == sha12).order_by(repairs.c.seq))]
    documents, figures = past.of_file(sha12)
    return Kept(sha256, documents, figures, told, shown_again(unpacked(packed), log, documents), rows)


def owe(db: Connection, bodies: Iterable[str]) -> None:
    """Note bodies whose summaries changed."""
    for body in sorted(bodies):
        db.execute(text("INSERT INTO pending VALUES (:body) ON CONFLICT DO NOTHING"), {"body": clean(body)})


def pending(db: Connection) -> list[str]:
    """Bodies that were noted, in order."""
    t = tables("pending")
    return [str(body) for body, in db.execute(select(t.c.body).order_by(t.c.body))]


def settle(db: Connection, body: str) -> None:
    """The summaries of a body are held against one another."""
    db.execute(delete(tables("pending")).where(tables("pending").c.body == clean(body)))
