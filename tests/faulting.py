"""Faults made on purpose: a small archive with everything in it that a batch tells apart, a process that is killed, a small disk."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import traceback
import zipfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from wqnlp.pipeline import run_text
from wqnlp.store.batch import extract

WORDS = {2008: "开展普法宣传，发放维权手册，组织巾帼志愿者进社区。", 2009: "举办家庭教育讲座，表彰一批五好家庭和优秀调解员。",
         2010: "联合司法局设立法律援助点，慰问困难单亲母亲。", 2011: "推动反家暴告诫制度落地，开通心理疏导窗口。"}
LONG = "{place}妇联{year}年维权工作总结\n{year}年，{place}妇联接待妇女来信来访{n}件，其中家庭暴力{m}件，婚姻家庭矛盾29起。" \
       "调解婚姻家庭纠纷，化解矛盾，维护社会稳定，开展普法宣传，发放宣传资料，组织志愿者深入社区乡村，慰问困难妇女儿童，受到群众好评。\n"


def summary(place, year, n):
    return f"{place}妇联{year}年维权工作总结\n{year}年，{place}妇联{WORDS[year]}全年共接待妇女来信来访{n}件，比上年增加26件。\n"


def archive_in(folder: Path, settled: bool = True) -> Path:
    """Years of bodies, a copy, the same bytes twice, an archive, pages of one article, broken files; long unchanged, if `settled`."""
    folder.mkdir(parents=True)
    for place in ("霍山县", "金寨县"):
        for at, year in enumerate((2008, 2009, 2010)):
            (folder / f"{place}{year}.txt").write_text(summary(place, year, 212 + 26 * at), "utf-8")
    (folder / "a-copy.txt").write_text(LONG.format(place="舒城县", year=2006, n=186, m=47), "utf-8")
    (folder / "z-copy.txt").write_bytes(LONG.format(place="舒城县", year=2012, n=212, m=51).encode("gb18030"))
    (folder / "z-same.txt").write_bytes((folder / "霍山县2008.txt").read_bytes())
    (folder / "bad.txt").write_bytes(b"\x00\x01\x02\xff" * 500)
    (folder / "empty.txt").write_bytes(b"")
    with zipfile.ZipFile(folder / "m.zip", "w") as packed:
        packed.writestr("裕安区2009.txt", summary("裕安区", 2009, 118))
        packed.writestr("裕安区2010.txt", summary("裕安区", 2010, 144))
    if settled:
        for path in folder.iterdir():
            os.utime(path, (1.6e9, 1.6e9))
    return folder


def settle():
    """Wait until what was just made counts as unchanged for long enough to have a state."""
    time.sleep(2.1)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def rows_of(place, *, order=True):
    """The rows of a library without their numbers and without what is of the moment; in their order, where it matters."""
    from libraries import dump

    told = dump(place)
    keyed = ("files", "arrivals", "reads", "pending")
    made = {name: [row if name in keyed else row[1:] for row in rows] for name, rows in told.items()}
    made["reads"] = sorted((row[0], row[2], row[6]) for row in made["reads"] if row[5])
    made["arrivals"] = [(row[0], row[1], row[3]) for row in made["arrivals"]]
    return made if order else {name: sorted(rows, key=repr) for name, rows in made.items()}


def sound(place):
    """Every promise a library makes of itself."""
    from sqlalchemy import inspect, text

    from wqnlp.store.engine import engine
    from wqnlp.store.where import located

    made = engine(located(place), write=False)
    with made.connect() as db:
        names = set(inspect(db).get_table_names())
        if db.dialect.name == "sqlite":
            assert db.exec_driver_sql("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert db.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []
        for table, column in (("figures", "id"), ("activities", "id"), ("documents", "doc_id"), ("files", "path")):
            assert db.execute(text(f'SELECT "{column}" FROM {table} GROUP BY "{column}" HAVING count(*) > 1')).fetchall() == []
        for table in ("figures", "activities", "issues", "audits", "set_aside"):
            assert db.execute(text(f"SELECT count(*) FROM {table} WHERE doc_id NOT IN (SELECT doc_id FROM documents)")).scalar() == 0
        assert db.execute(text("SELECT count(*) FROM documents d WHERE NOT EXISTS (SELECT 1 FROM files f WHERE "
                               "d.doc_id LIKE f.sha12 || '-%')")).scalar() == 0
        assert "pending" in names and db.execute(text("SELECT count(*) FROM pending")).scalar() == 0
    made.dispose()


def warm(folder: Path):
    """Load what a run needs, so that a process forked from this one is at work at once."""
    run_text("江平县妇联2013年工作总结\n全年接待来信来访96件。")
    extract([folder], folder.parent / "warm", store=folder.parent / "warm.db")


def forked(work) -> int:
    """A process of its own that does it."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.setsid()
        work()
        code = 0
    except BaseException:  # noqa: BLE001
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def killed(work, after: float) -> bool:
    """Do it in a process that is killed after so many seconds, wherever it is; whether it was before its end."""
    pid = forked(work)
    time.sleep(after)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    status = os.waitpid(pid, 0)[1]
    if os.WIFSIGNALED(status):
        return True
    assert os.waitstatus_to_exitcode(status) == 0
    return False


@contextmanager
def small_disk(folder: Path, size: int):
    """A file system of so many bytes there; the test is skipped where none may be made."""
    folder.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=False,
                                           capture_output=True).returncode:
        pytest.skip("no file system may be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
