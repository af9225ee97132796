"""Libraries of other versions: an older one is brought up to date in place with all it holds, a newer one is left alone."""

import sqlite3
import threading
from pathlib import Path

import pytest
from libraries import dump, library_of, result
from sqlalchemy import inspect

import wqnlp
from wqnlp.errors import Unreadable, Unwritable, WqnlpError
from wqnlp.records import TABLES
from wqnlp.store.database import Store
from wqnlp.store.engine import OLDER, engine
from wqnlp.store.reader import Reader
from wqnlp.store.refresh import refresh
from wqnlp.store.tables import REVISION, metadata
from wqnlp.store.where import located

FIRST = Path(__file__).parent / "cases" / "store" / "library-0.1.0.sql"
"""What 0.1.0 made of three summaries and a broken file, as SQL."""


@pytest.fixture
def old(tmp_path):
    path = tmp_path / "old.db"
    db = sqlite3.connect(path)
    db.executescript(FIRST.read_text("utf-8"))
    db.close()
    return path


def contents(path):
    with sqlite3.connect(path) as db:
        names = [name for name, in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = {name: [row[1] for row in db.execute(f"PRAGMA table_info({name})") if row[1] != "seq"] for name in names}
        return {name: [tuple(row) for row in db.execute("SELECT {} FROM {} ORDER BY rowid".format(
            ", ".join(f'"{column}"' for column in columns[name]), name))] for name in names}


@pytest.mark.parametrize("door", [Store, wqnlp.open_store])
def test_a_library_of_the_first_version_is_brought_up_to_date_and_keeps_all(old, door):
    before = contents(old)
    assert {name: len(rows) for name, rows in before.items()} | {"figures": 22, "documents": 3, "repairs": 3} == {
        name: len(rows) for name, rows in before.items()}
    door(old).close()
    after = contents(old)
    files = after.pop("files")
    assert [row[:9] for row in files] == before.pop("sources") and {row[9:] for row in files} == {(None, "", "", "")}
    assert after.pop("alembic_version") == [(REVISION,)] and after.pop("corrections") == []
    assert after.pop("reads") == [] and after.pop("pending") == []
    assert after == before
    with wqnlp.open_store(old) as library:
        figure = library.figures(measure="cases_received", year=2009, place="安徽省六安市霍山县").iloc[0]
        told = str(library.explain(figure.id))
        assert "212件" in told and "made by    wqnlp ?" in told
        assert library.text(figure.doc_id).startswith("霍山县妇联2009年")
    with sqlite3.connect(old) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_an_older_library_is_filled_further_and_refreshed(old):
    with library_of(old, result(1)) as library:
        assert len(library.documents()) == 4
    done = refresh(old)
    assert (done.stale, done.from_texts, done.left) == (3, 3, [])
    again = dump(old)
    assert refresh(old).stale == 0 and dump(old) == again


def test_two_bring_it_up_to_date_at_one_time(old):
    faults = []

    def opened():
        try:
            Store(old).close()
        except WqnlpError as fault:
            faults.append(fault)

    workers = [threading.Thread(target=opened) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert faults == [] and len(contents(old)["figures"]) == 22


def test_an_upgrade_that_fails_leaves_it_as_it_was(old):
    with sqlite3.connect(old) as db:
        db.execute("CREATE TABLE files (taken TEXT)")
    before = contents(old)
    with pytest.raises(Unwritable, match=r"E22 .*cannot be brought up to date .*To do"):
        Store(old)
    assert contents(old) == before


def test_a_newer_library_is_left_alone(place):
    library_of(place, result(1)).close()
    other = engine(located(place), write=True)
    with other.begin() as db:
        db.exec_driver_sql("UPDATE alembic_version SET version_num = 'r9999'")
    before = dump_of(other)
    for door, error in ((Store, Unwritable), (wqnlp.open_store, Unreadable), (Reader, Unreadable)):
        with pytest.raises(error, match=r"E22 .*newer version.*r9999.*To do: install the newer version") as told:
            door(place)
        assert "\n" not in str(told.value)
    assert dump_of(other) == before
    other.dispose()


def dump_of(other):
    with other.connect() as db:
        return [tuple(row) for row in db.exec_driver_sql('SELECT * FROM figures ORDER BY "seq"')]


def test_the_first_version_leaves_a_new_library_alone(tmp_path):
    """It asks for its own number there, and refuses all others."""
    library_of(tmp_path / "l.db", result(1)).close()
    with sqlite3.connect(tmp_path / "l.db") as db:
        assert db.execute("PRAGMA user_version").fetchone() != (1,)


def test_migrated_and_made_at_once_are_the_same(place, places, old):
    """Whoever changes a column of the records or of `store/tables.py` writes a revision in `store/migrations/versions`."""
    from alembic.autogenerate import compare_metadata
    from alembic.config import Config
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(wqnlp.__file__).parent / "store" / "migrations"))
    script = ScriptDirectory.from_config(config)
    assert script.get_current_head() == REVISION
    assert {one.revision for one in script.walk_revisions()} == {REVISION, *OLDER}
    for where in (migrated(place, config), made(places()), old):
        Store(where).close()
        opened = engine(located(where), write=False)
        with opened.connect() as db:
            context = MigrationContext.configure(db, opts={"compare_type": True})
            assert compare_metadata(context, metadata()) == []
            kept = {name: {tuple(key["constrained_columns"]) for key in inspect(db).get_foreign_keys(name)} for name in TABLES}
            assert kept["figures"] == {("doc_id",)} and kept["errors"] == set()
            nulls = {column["name"] for column in inspect(db).get_columns("documents") if not column["nullable"]}
            assert nulls == {"seq", "doc_id"}
        opened.dispose()


def migrated(where, config):
    """A library made by all revisions, one after the other, from nothing."""
    from alembic import command

    opened = engine(located(where), write=True, cascade=False)
    with opened.begin() as db:
        config.attributes["connection"] = db
        command.upgrade(config, "head")
    opened.dispose()
    return where


def made(where):
    Store(where).close()
    return where
