"""`wqnlp refresh`: what other rules read is read again, of that what differs is changed, and nothing else is touched."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from libraries import dump

import wqnlp
from wqnlp.cli import cli
from wqnlp.errors import NotInLibrary
from wqnlp.pipeline import run
from wqnlp.store import stamp
from wqnlp.store.batch import extract
from wqnlp.store.correct import correct
from wqnlp.store.database import Store
from wqnlp.store.refresh import refresh
from wqnlp.store.replace import across
from wqnlp.store.stamp import Stamp, current, digest

OLD = Stamp("0.0.1", "rules", "models")
TEXT = "霍山县妇联{year}年维权工作总结\n全年接待妇女群众来信来访{n}件，其中家庭暴力{m}件。\n组织宣讲12场。\n"


@pytest.fixture
def archive(tmp_path):
    folder = tmp_path / "archive"
    (folder / "deep").mkdir(parents=True)
    (folder / "2008.txt").write_text(TEXT.format(year=2008, n=180, m=60), "utf-8")
    (folder / "deep" / "2009.txt").write_bytes(TEXT.format(year=2009, n=212, m=53).encode("gb18030"))
    (folder / "page.html").write_text(
        "<html><head><meta charset=utf-8><title>金寨县妇联2009年工作总结</title></head><body><h1>金寨县妇联2009年工作总结</h1>"
        "<p>全年接待来信来访96件。</p><table><tr><th>项目</th><th>件</th></tr><tr><td>来信</td><td>12</td></tr></table></body></html>",
        "utf-8")
    return folder


def filled(place, archive, old=("2008.txt", "deep/2009.txt", "page.html"), drop=()):
    """A library of the archive in which older rules, which did not know some units, read some of the files."""
    extract([archive], store=place)
    whole = dump(place)
    with Store(place) as store:
        for name in old:
            made = run(archive / name)
            made.figures = [f for f in made.figures if f.text not in drop]
            store.write(made, stamp=OLD)
        for body in store.pending():
            store.relate(body)
    return whole


def without_numbers(rows):
    return {name: sorted((row[1:] if name not in ("files", "arrivals") else row for row in told), key=repr)
            for name, told in rows.items()}


def test_only_what_other_rules_read_is_read_again_and_only_what_differs_changes(place, archive):
    whole = filled(place, archive, old=["2008.txt", "deep/2009.txt"], drop=["12场"])
    before = dump(place)
    done = refresh(place, dry_run=True)
    assert dump(place) == before, "a dry run writes nothing"
    assert (done.files, done.stale, done.from_files, done.from_texts, done.changed) == (3, 2, 2, 0, 2)
    assert done.tables() == {"figures": (2, 0)}
    done = refresh(place)
    assert done.tables()["figures"] == (2, 0) and done.left == []
    after = dump(place)
    assert without_numbers(after) == without_numbers(whole)
    untouched = [row for row in before["figures"] if row[1].startswith(run(archive / "page.html").sha12())]
    assert untouched and set(untouched) <= set(after["figures"])
    assert refresh(place).stale == 0 and dump(place) == after
    with Store(place) as store:
        assert {store.holds(run(archive / name).source.sha256, current()) for name in ("2008.txt", "page.html")} == {
            str(archive / "2008.txt"), str(archive / "page.html")}


def test_files_that_are_gone_or_changed_are_read_from_their_texts(place, archive):
    whole = filled(place, archive, drop=["12场", "12"])
    (archive / "page.html").unlink()
    (archive / "2008.txt").write_text("别的", "utf-8")
    done = refresh(place)
    assert (done.from_files, done.from_texts, done.left) == (1, 2, [])
    assert without_numbers(dump(place)) == without_numbers(whole), "the table of the page too: its cells are kept"


def test_pages_of_one_article_are_read_as_one_again(place, tmp_path):
    from wqnlp.source import gather

    title = "霍山县妇联2009年维权工作总结"
    for number, link in ((1, '<a href="z_2.html">下一页</a>'), (2, '<a href="z_1.html">上一页</a>')):
        (tmp_path / f"z_{number}.html").write_text(
            f"<html><head><meta charset=utf-8><title>{title}({number})</title></head><body><h1>{title}</h1>"
            f"<p>接待妇女群众来信来访{number}96件。</p>{link}</body></html>", "utf-8")
    pages = gather(sorted(map(str, tmp_path.glob("*.html"))))
    assert len(pages) == 1 and isinstance(pages[0], tuple)
    with Store(place) as store:
        store.write(run(pages[0]), stamp=OLD)
    done = refresh(place)
    assert (done.stale, done.from_files, done.changed) == (1, 1, 0)


def test_members_of_archives_are_read_again(place, tmp_path):
    import zipfile

    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("2008.txt", TEXT.format(year=2008, n=180, m=60))
    extract([tmp_path / "a.zip"], store=place)
    with Store(place) as store:
        store.write(run(f"{tmp_path}/a.zip!2008.txt"), stamp=OLD)
    done = refresh(place)
    assert (done.stale, done.from_files, done.changed) == (1, 1, 0)
    with Store(place) as store:
        store.write(run(f"{tmp_path}/a.zip!2008.txt"), stamp=OLD)
    (tmp_path / "a.zip").unlink()
    assert refresh(place).from_texts == 1


def test_paths_choose(place, archive):
    filled(place, archive)
    assert refresh(place, [archive / "deep"], dry_run=True).files == 1
    assert refresh(place, [archive / "2008.txt", archive / "page.html"]).stale == 2
    assert refresh(place).stale == 1
    with pytest.raises(NotInLibrary, match="E61"):
        refresh(place, [archive / "none"])


def test_what_a_stage_fails_on_now_stays_as_it_was(place, archive, monkeypatch):
    filled(place, archive, old=["2008.txt"])
    before = dump(place)
    monkeypatch.setattr("wqnlp.figures.extract", lambda *_: 1 / 0)
    done = refresh(place)
    assert [Path(path).name for path, _ in done.left] == ["2008.txt"] and "E99" in done.left[0][1]
    assert dump(place) == before


def test_a_text_without_its_layout_stays_as_it_was(place, archive):
    filled(place, archive, old=["page.html"])
    from sqlalchemy import update

    from wqnlp.store.tables import tables

    with Store(place) as store:
        store.transaction(lambda db: db.execute(update(tables("files")).values(layout=None)))
    (archive / "page.html").unlink()
    done = refresh(place)
    assert [Path(path).name for path, _ in done.left] == ["page.html"] and done.from_texts == 0


def test_corrections_survive(place, archive):
    filled(place, archive, drop=["12场"])
    with Store(place) as store, wqnlp.open_store(place) as library:
        figure = library.figures(text="212件").id[0]
        correct(store, figure, {"value": "222"}, who="李")
    refresh(place)
    with wqnlp.open_store(place) as library:
        assert library.figures(id=figure).value[0] == 222
        assert list(library.corrections().state) == ["active"] * 3


def test_relations_between_years_follow(place, archive):
    (archive / "deep" / "2009.txt").write_text(TEXT.format(year=2009, n="212件，比上年增加32", m=53), "utf-8")
    whole = filled(place, archive, drop=["212件", "180件"])
    assert any(across(row[1:]) for row in whole["audits"]) and not any(across(row[1:]) for row in dump(place)["audits"])
    assert len(dump(place)["figures"]) < len(whole["figures"])
    refresh(place)
    assert without_numbers(dump(place))["audits"] == without_numbers(whole)["audits"]


def test_a_stamp_is_of_the_rules_and_of_nothing_else(tmp_path):
    one, other = tmp_path / "a.yaml", tmp_path / "b.yaml"
    one.write_text("x"), other.write_text("y")
    first = digest(tmp_path, [one, other])
    assert digest(tmp_path, [one, other]) == first and digest(tmp_path, [one]) != first
    other.write_text("z")
    assert digest(tmp_path, [one, other]) != first
    (tmp_path / "README.md").write_text("words")
    (tmp_path / ".hidden").write_text("words")
    assert stamp._below(tmp_path) == [one, other]
    assert re.fullmatch(r"wqnlp [\d.]+, rules [0-9a-f]{12}, models [0-9a-f]{12}", str(current()))


def test_the_command(archive, tmp_path):
    filled(tmp_path / "l.db", archive, old=["2008.txt"], drop=["12场"])

    def call(*arguments):
        return CliRunner().invoke(cli, [str(a) for a in arguments], catch_exceptions=False, prog_name="wqnlp")

    done = call("refresh", tmp_path / "l.db", "--dry-run")
    assert done.exit_code == 0 and "3 files, 1 of them" in done.output and "1 would change" in done.output
    done = call("refresh", tmp_path / "l.db", archive / "2008.txt")
    assert done.exit_code == 0 and "1 files, 1 of them" in done.output and re.search(r"figures +1 +0", done.output)
    assert "0 changed" in call("refresh", tmp_path / "l.db").output
    assert call("refresh", tmp_path / "none.db").exit_code == 2 and not (tmp_path / "none.db").exists()
    assert call("refresh", tmp_path / "l.db", "nowhere").exit_code == 2
