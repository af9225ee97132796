"""Files a second that a library takes, new and again, and its size for a summary, in SQLite and in PostgreSQL.

    python tests/benchmark/library.py            a line for each database

The files are the dev texts, each many times over with another last line; reading them is not timed. PostgreSQL is one that
is thrown away, with the settings it has when it is installed; it is left out where there is none. Seconds are those of
the clock, and in brackets those that this program itself worked.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from wqnlp.pipeline import Result, run_text
from wqnlp.store.database import Store

sys.path.insert(0, str(Path(__file__).parents[1]))
import postgres

TEXTS = sorted((Path(__file__).parents[1] / "gold" / "dev" / "texts").glob("*.txt"))
TIMES = 15


def results() -> list[Result]:
    return [run_text(f"{path.read_text('utf-8')}\n第{n}稿", f"/archive/{n}/{path.name}") for n in range(TIMES) for path in TEXTS]


def rate(work: object, made: list[Result]) -> str:
    clock, own = time.perf_counter(), time.process_time()
    for one in made:
        work(one)
    return f"{len(made) / (time.perf_counter() - clock):6.0f} ({len(made) / (time.process_time() - own):4.0f})"


def measure(name: str, where: str, made: list[Result], size: object) -> None:
    with Store(where) as store:
        new, again = rate(store.write, made), rate(store.write, made)
    print(f"{name:12} files a second: {new} new, {again} again; {size() / len(made) / 1000:.1f} kB a summary")


def main() -> None:
    made = results()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "library.db"
        measure("SQLite", str(path), made, lambda: path.stat().st_size)
    if why := postgres.missing():
        print(why)
        return
    import psycopg

    postgres.QUICK = ("listen_addresses=",)
    cluster = postgres.Cluster()
    try:
        url, size = cluster.new(), "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relname !~ '^(pg|sql)_'"
        with psycopg.connect(url, autocommit=True) as db:
            measure("PostgreSQL", url, made, lambda: float(db.execute(size).fetchone()[0]))
    finally:
        cluster.close()


if __name__ == "__main__":
    main()
