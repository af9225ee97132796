"""A summary against its own earlier year: what is told, what must never be accused, and the same rows by every door."""

import itertools
import json
import random
import sqlite3
import time

import pytest

import wqnlp
from wqnlp.audits import audit_years, is_between
from wqnlp.desk.look import lines, look
from wqnlp.pipeline import run_text
from wqnlp.records import Copy
from wqnlp.store import batch
from wqnlp.watch import Watcher

CASES = "全年共接待妇女来信来访{}件"


def summary(year, said, place="霍山县", period="", body="妇联"):
    """A short summary of a body. The words around what is said are of the year, so that two are no copies."""
    more = {2008: "开展普法宣传，发放维权手册，组织巾帼志愿者进社区。", 2009: "举办家庭教育讲座，表彰一批五好家庭和优秀调解员。",
            2010: "联合司法局设立法律援助点，慰问困难单亲母亲。", 2011: "推动反家暴告诫制度落地，开通心理疏导窗口。"}
    return f"{place}{body}{year}年{period}维权工作总结\n{year}年{period}，{place}{body}{more.get(year, '')}{said}。\n"


def between(*texts):
    """(kind, status, stated text) of each relation between the summaries of the texts."""
    results = [run_text(text, f"{n}.txt") for n, text in enumerate(texts)]
    documents = [d for r in results for d in r.documents]
    figures = {d.doc_id: [f for r in results for f in r.figures if f.doc_id == d.doc_id] for d in documents}
    text = {f.id: f.text for own in figures.values() for f in own}
    found = audit_years(figures, documents)
    assert all(is_between(a) for a in found)
    return [(a.kind, a.status, text[a.figures[0]]) for a in found]


FOUND = [
    ("212件", "238件，比上年增加26件", [("change", "consistent", "26件")]),
    ("212件", "238件，比上年增加16件", [("change", "inconsistent", "16件")]),
    ("212件", "238件，同比增长12.3%", [("change", "consistent", "12.3%")]),
    ("212件", "238件，同比增长14.3%", [("change", "inconsistent", "14.3%")]),
    ("212件", "238件，同比增长12.2%", [("change", "rounding", "12.2%")]),
    ("212件", "186件，比去年减少26件，下降12.3%", [("change", "consistent", "26件"), ("change", "consistent", "12.3%")]),
    ("212件", "186件，比去年下降15.3%", [("change", "inconsistent", "15.3%")]),
    ("212件", "238件，上年同期为212件", [("restatement", "consistent", "212件")]),
    ("212件", "238件，上年同期为221件", [("restatement", "inconsistent", "221件")]),
    ("212件", "238件，比2009年的221件有所增加", [("restatement", "inconsistent", "221件")]),
    ("212件", "238件（次），较去年的212件次略有增加", [("restatement", "consistent", "212件次")]),
    ("2xx件", "238件，上年同期为212件", [("restatement", "undetermined", "212件")]),
    ("212件", "238件，上年同期为2xx件", [("restatement", "undetermined", "2xx件")]),
]


@pytest.mark.parametrize(("old", "new", "wanted"), FOUND)
def test_what_two_years_say_of_one_another(old, new, wanted):
    texts = summary(2009, CASES.format(old[:-1])), summary(2010, CASES.format("")[:-1] + new)
    assert between(*texts) == wanted
    assert between(*reversed(texts)) == wanted, "whatever the order in which they come"


NEVER = {                                # (2009 says, 2010 says): nothing here contradicts, though numbers lie near
    "own office and whole county": ("全县各级妇联共接待妇女来信来访212件", "县妇联本级共接待妇女来信来访201件，比上年增加5件"),
    "own office and unsaid": ("全年共接待妇女来信来访212件", "县妇联机关接待妇女来信来访199件，比去年增加2件"),
    "lower level": ("全年共接待妇女来信来访212件", "全县各乡镇妇联接待妇女来信来访220件，比上年增加12件"),
    "channel added": ("全年共接待妇女来信来访212件", "全年共接待妇女来信来访来电240件，比上年增加12件"),
    "other channel": ("全年共接待妇女来信来访212件", "12338热线受理来电230件，比上年增加12件"),
    "other people": ("全年共接待妇女来信来访212件", "接待农村流动妇女来信来访230件，比上年增加12件"),
    "a part of last year": (
        "全年共接待妇女来信来访212件，其中家庭暴力类60件", "全年共接待妇女来信来访240件，其中家庭暴力类66件，比上年增加8件"),
    "half year inside": ("上半年共接待妇女来信来访212件", "全年共接待妇女来信来访240件，比上年增加12件"),
    "span of years": ("三年来累计接待妇女来信来访212件", "全年共接待妇女来信来访240件，比上年增加12件"),
    "approximate base": ("全年共接待妇女来信来访212件", "全年共接待妇女来信来访238件，上年同期为220余件"),
    "approximate change": ("全年共接待妇女来信来访212件", "全年共接待妇女来信来访238件，比上年增加约20件"),
    "approximate growth": ("全年共接待妇女来信来访212件", "全年共接待妇女来信来访238件，比上年增长近15%"),
    "approximate report": ("全年共接待妇女来信来访200余件", "全年共接待妇女来信来访238件，比上年增加26件"),
    "approximate report below": ("全年共接待妇女来信来访近220件", "全年共接待妇女来信来访238件，比上年增加14件"),
    "masked otherwise": ("全年共接待妇女来信来访3xx件", "全年共接待妇女来信来访238件，上年同期为212件"),
    "a rate between": ("全年共接待妇女来信来访212件", "全年共接待妇女来信来访238件，群众满意率比上年增长10%"),
    "two subjects": ("全年共接待妇女来信来访212件", "全年共接待妇女来信来访238件、办结231件，比上年增加14件"),
    "the year before last": ("全年共接待妇女来信来访212件", "全年共接待妇女来信来访238件，比前年增加14件"),
    "a named other year": ("全年共接待妇女来信来访212件", "全年共接待妇女来信来访238件，比2008年增加14件"),
    "the month before": ("全年共接待妇女来信来访212件", "12月份接待妇女来信来访238件，环比增加14件"),
    "a plan": ("全年共接待妇女来信来访212件", "力争明年接待妇女来信来访238件，比上年增加14件"),
    "persons and cases": ("全年共接待妇女来信来访212件", "全年共接待妇女来信来访238人次，比上年增加14人次"),
    "far off": ("全年共接待妇女来信来访212件", "全年共接待妇女来信来访638件，比上年增加14件"),
    "lone mentions": ("举办维权培训班12期", "举办普法培训班14期，比上年增加1期"),
    "gone into two": ("全年共接待妇女来信96件，接待来访116件", "全年共接待妇女来信来访238件，比上年增加14件"),
    "another body's": ("据市信访局统计，全市信访总量212件", "全年共接待妇女来信来访238件，比上年增加14件"),
    "handed cases": ("受理上级交办的妇女信访件212件", "全年共接待妇女来信来访238件，比上年增加14件"),
}


@pytest.mark.parametrize("name", NEVER)
def test_nothing_is_accused_that_may_be_right(name):
    old, new = NEVER[name]
    assert not [row for row in between(summary(2009, old), summary(2010, new)) if row[1] in ("inconsistent", "rounding")]


@pytest.mark.parametrize(("old", "new", "wanted"), [
    ("全年共接待妇女来信来访212件", "全年共接待妇女来信来访238件，上年同期为210余件", ["consistent"]),
    ("全年共接待妇女来信来访200余件", "全年共接待妇女来信来访238件，上年同期为212件", ["consistent"]),
    ("全年共争取维权资金4.6万元", "全年共争取维权资金6万元，上年为46000元", ["consistent"]),
    ("全年共争取维权资金48900元", "全年共争取维权资金5.3万元，同比增长8.5%", ["consistent"]),
    ("全年共接待妇女来信来访１２１２件", "全年共接待妇女来信来访1,238件，比上年增加26件", ["consistent"]),
])
def test_bounds_units_and_scripts(old, new, wanted):
    assert [status for _, status, _ in between(summary(2009, old), summary(2010, new))] == wanted


WRONG = "全年共接待妇女来信来访238件，比上年增加16件"


@pytest.mark.parametrize(("old", "new"), [
    (summary(2009, CASES.format(212), place="金寨县"), summary(2010, WRONG)),
    (summary(2009, CASES.format(212), place="六安市"), summary(2010, WRONG)),
    (summary(2009, CASES.format(212), period="上半年"), summary(2010, WRONG)),
    (summary(2009, CASES.format(212)), summary(2010, WRONG, period="上半年")),
    (summary(2009, CASES.format(212), body="人民法院"), summary(2010, WRONG)),
    (summary(2008, CASES.format(212)), summary(2010, WRONG)),
])
def test_other_bodies_and_periods_are_not_set_side_by_side(old, new):
    assert between(old, new) == []


def test_a_place_renamed_under_its_code_is_the_same_place_and_one_with_a_new_code_is_not():
    old = summary(2009, CASES.format(212), place="襄樊市")
    assert between(old, summary(2010, WRONG, place="襄樊市"))[0][1] == "inconsistent"
    assert between(old.replace("霍山县", "襄樊市"), summary(2011, WRONG.replace("上年", "2009年"), place="襄阳市"))[0][1] == "inconsistent"
    assert between(summary(2015, CASES.format(212), place="神木县"), summary(2018, WRONG.replace("上年", "2015年"), place="神木市")) == []


def test_two_summaries_of_the_year_before_that_disagree_decide_nothing():
    new = summary(2010, WRONG)
    one, other = summary(2009, CASES.format(212)), summary(2009, CASES.format(222) + "，化解率高")
    found = {status for _, status, _ in between(one, other, new)}
    assert found == {"undetermined"}
    again = one + "\n（完）\n"
    assert [status for _, status, _ in between(one, again, new)] == ["inconsistent"], "that they say the same"


def told_of(text, path):
    result = run_text(text, path)
    return result.documents, result.figures


LONG = "全年坚持以人为本，畅通信访渠道，化解婚姻家庭矛盾，维护社会稳定，开展普法宣传活动，组织志愿者深入社区乡村慰问困难妇女儿童，"


def test_a_copy_of_the_year_before_is_not_held_against_it(tmp_path):
    old = summary(2009, LONG + "共接待妇女来信来访212件，比上年增加13件，发放资料3200份，慰问妇女145人，帮扶儿童87名")
    redated = old.replace("2009", "2010")
    true = summary(2010, LONG[::-1] + "共接待妇女来信来访238件，比上年增加16件")
    for n, text in enumerate((old, redated, true)):
        (tmp_path / f"{n}.txt").write_text(text, "utf-8")
    one = rows_of(tmp_path, [0, 1])
    assert one == []
    assert [row["status"] for row in rows_of(tmp_path, [0, 1, 2])] == ["inconsistent"], "the original is, by the true next year"
    after = summary(2011, "全年共接待妇女来信来访251件，比上年增加39件")       # 251 - 212: agrees with the copy alone
    (tmp_path / "3.txt").write_text(after, "utf-8")
    assert rows_of(tmp_path, [0, 1, 3]) == []


def rows_of(folder, numbers, **more):
    out = folder / "out"
    batch.extract([folder / f"{n}.txt" for n in numbers], out, **more)
    rows = [json.loads(line) for line in (out / "audits.jsonl").read_text("utf-8").splitlines()]
    return [row for row in rows if any(f.rpartition(":")[0] != row["doc_id"] for f in row["figures"])]


def test_a_form_filled_in_anew_is_a_summary_of_its_own_and_a_sentence_left_over_in_it_is_no_claim():
    figures, documents = {}, []
    for year, rest in ((2009, "发放资料3200份，慰问妇女145人"), (2010, "发放资料4100份，慰问妇女163人")):
        found, own = told_of(summary(year, LONG + "共接待妇女来信来访212件，比上年增加13件，" + rest), f"{year}.txt")
        documents += found
        figures[found[0].doc_id] = own
    assert audit_years(figures, documents) == []


def test_a_text_that_stands_under_another_place_too_contradicts_nothing():
    found, own = told_of(summary(2009, CASES.format(212)), "a.txt")
    later, figures = told_of(summary(2010, WRONG), "b.txt")
    from dataclasses import replace

    old = replace(found[0], copies=(Copy(doc_id="x", similarity=0.98, differs=("place",)),))
    [made] = audit_years({old.doc_id: own, later[0].doc_id: figures}, [old, *later])
    assert made.status == "undetermined" and "他地" in made.suggestion


@pytest.fixture
def archive(tmp_path):
    """Five years of a county, with claims right and wrong, and of another; as files."""
    folder = tmp_path / "archive"
    folder.mkdir()
    told = {("霍山县", 2008): "180件", ("霍山县", 2009): "212件，比上年增加32件", ("霍山县", 2010): "238件，比上年增加16件",
            ("霍山县", 2011): "251件，上年同期为248件", ("金寨县", 2009): "95件", ("金寨县", 2010): "99件，同比增长4.2%"}
    for (place, year), said in told.items():
        (folder / f"{place}{year}.txt").write_text(summary(year, CASES.format("")[:-1] + said, place=place), "utf-8")
    return folder


def stored(path):
    with sqlite3.connect(path) as db:
        rows = db.execute("SELECT doc_id, kind, figures, stated, computed, status, suggestion FROM audits").fetchall()
    return sorted(row for row in rows if any(f.rpartition(":")[0] != row[0] for f in json.loads(row[2])))


def test_every_door_gives_the_same_rows_in_any_order(archive, tmp_path):
    files = sorted(archive.iterdir())
    batch.extract(files, tmp_path / "all", store=tmp_path / "all.db")
    wanted = stored(tmp_path / "all.db")
    assert sorted(row[5] for row in wanted) == ["consistent", "consistent", "inconsistent", "inconsistent"]
    told = (tmp_path / "all/audits.jsonl").read_text("utf-8").splitlines()
    assert len(told) == len(set(told)) and sum(is_cross(line) for line in told) == 4
    for seed, workers in ((1, 1), (2, 2)):
        mixed = random.Random(seed).sample(files, len(files))
        batch.extract(mixed, tmp_path / "mixed", workers=workers)
        cross = [line for line in (tmp_path / "mixed/audits.jsonl").read_text("utf-8").splitlines() if is_cross(line)]
        assert cross == [line for line in told if is_cross(line)]
        for path in mixed:
            batch.extract([path], store=tmp_path / f"{seed}.db")
        assert stored(tmp_path / f"{seed}.db") == wanted
    batch.extract(files, store=tmp_path / "all.db")
    assert stored(tmp_path / "all.db") == wanted, "a run done again changes nothing"


def is_cross(line):
    row = json.loads(line)
    return any(f.rpartition(":")[0] != row["doc_id"] for f in row["figures"])


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_other_formats_have_them_too(archive, tmp_path, kind):
    import pandas as pd

    done = batch.extract([archive], tmp_path / "out", format=kind)
    table = getattr(pd, f"read_{kind}")(tmp_path / f"out/audits.{kind}")
    assert len(table) == done.rows["audits"] and (table.status == "inconsistent").sum() == 2


def test_a_folder_gets_what_the_library_held_of_the_year_before(archive, tmp_path):
    batch.extract([archive / "霍山县2009.txt"], store=tmp_path / "l.db")
    batch.extract([archive / "霍山县2010.txt"], tmp_path / "out", store=tmp_path / "l.db")
    [line] = [one for one in (tmp_path / "out/audits.jsonl").read_text("utf-8").splitlines() if is_cross(one)]
    assert json.loads(line)["status"] == "inconsistent" and len(stored(tmp_path / "l.db")) == 1


def test_a_file_that_is_written_again_takes_its_relations_along(archive, tmp_path):
    batch.extract([archive], store=tmp_path / "l.db")
    path = archive / "霍山县2009.txt"
    path.write_text(path.read_text("utf-8").replace("212件", "222件").replace("32件", "42件"), "utf-8")
    batch.extract([path], store=tmp_path / "l.db")
    assert [row[5] for row in stored(tmp_path / "l.db")].count("consistent") == 3, "238 - 222 = 16, and no row of the old bytes"
    path.write_text(summary(2009, CASES.format(222), place="金寨县"), "utf-8")
    batch.extract([path], store=tmp_path / "l.db")
    with sqlite3.connect(tmp_path / "l.db") as db:
        ids = {row[0] for row in db.execute("SELECT id FROM figures")}
    assert all(set(json.loads(row[2])) <= ids for row in stored(tmp_path / "l.db"))


@pytest.mark.parametrize("order", list(itertools.permutations(("2009", "2010", "2011")))[::2])
def test_the_watcher_tells_when_the_later_or_the_earlier_comes(archive, tmp_path, order):
    inbox, store = tmp_path / "inbox", tmp_path / "l.db"
    inbox.mkdir()
    seen = []
    with Watcher(inbox, store, settle=0.0, every=0.02) as watcher:
        for year in order:
            (inbox / f"{year}.txt").write_text((archive / f"霍山县{year}.txt").read_text("utf-8"), "utf-8")
            [told] = list(watcher.once())
            seen += [row["status"] for row in told.seen["documents"][0]["between_years"]]
            assert len(stored(store)) == len(seen)
    assert seen == ["inconsistent", "inconsistent"]
    batch.extract([inbox], store=tmp_path / "b.db")
    assert stored(tmp_path / "b.db") == stored(store)


def test_classify_tells_and_writes_nothing(archive, tmp_path):
    batch.extract([archive / "霍山县2009.txt"], store=tmp_path / "l.db")
    with wqnlp.open_store(tmp_path / "l.db") as library:
        from wqnlp.pipeline import run

        seen = look(run(archive / "霍山县2010.txt"), library)
    assert any(line.startswith("  years      inconsistent: change stated 16, computed 26") for line in lines(seen))
    assert stored(tmp_path / "l.db") == []


def test_a_report_has_them_once_from_files_and_from_a_library(archive, tmp_path):
    from wqnlp.report import main_job

    batch.extract([archive], store=tmp_path / "l.db")
    for name, source in (("files", archive), ("library", tmp_path / "l.db")):
        main_job([source], tmp_path / name)
        told = (tmp_path / name / "tables/audits.jsonl").read_text("utf-8").splitlines()
        assert sum(map(is_cross, told)) == 4 and len(told) == len(set(told))


def test_many_years_of_one_body_take_time_in_proportion(tmp_path):
    from wqnlp.store.shelf import Shelf

    def seconds(many):
        shelf, start = Shelf(), time.process_time()
        for n in range(many):
            shelf.add(*numbered(n))
        return sum(len(said) for _, said in shelf.bodies()), time.process_time() - start

    (few, short), (more, long) = seconds(30), seconds(300)
    assert (few, more) == (30, 300) and long < 40 * max(short, 0.01)


def numbered(n):
    """One summary, once read, as if it were of the `n`th year."""
    from dataclasses import replace

    documents, figures = ONCE
    return [replace(d, doc_id=f"{n}-0", year=1000 + n, period_start=None, period_end=None) for d in documents], [
        replace(f, doc_id=f"{n}-0", id=f.id.replace(f.doc_id, f"{n}-0"), period_start=None, period_end=None) for f in figures]


ONCE = told_of(summary(2010, WRONG), "once.txt")
