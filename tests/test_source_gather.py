"""Pages of one article among the files of a run: joined where all speaks for it, and never else."""

import itertools
import os

import pytest

from wqnlp.pipeline import run, run_many
from wqnlp.source import gather, read_pages
from wqnlp.store import batch

TITLE = "江平县妇联2014年维权工作总结"
PARTS = ["2014年，全县妇联系统认真履行职能。全年共接待来信来访28", "6件，办结280件，办结率为97.9%。举办讲座12场，",
         "受教育群众3400人次。\n二、存在问题\n一是力量不足，二是经费不足。"]


def write(folder, names, title="{title}（{n}）", parts=PARTS, back="上一页", onward="下一页", hrefs=None, body="{part}"):
    """Pages of an article with links from each to the next; the first has no number in its title."""
    hrefs = hrefs or names
    paths = []
    for at, (name, part) in enumerate(zip(names, parts, strict=False)):
        told = title.format(title=TITLE, n=at + 1) if at else TITLE
        links = (f'<a href="http://a.cn/x/{hrefs[at - 1]}">{back}</a> ' if at else "") + (
            f'<a href="http://a.cn/x/{hrefs[at + 1]}">{onward}</a>' if at + 1 < len(names) else "")
        shown = "".join(f"<p>{line}</p>" for line in part.split("\n"))
        path = folder / name
        path.write_text(f"<html><head><meta charset=utf-8><title>{told}_江平妇联网</title></head><body>"
                        f"<div id=top>江平妇联网</div><h1>{told}</h1>"
                        f"<div class=content>{shown}</div><p>第{at + 1}页 共{len(names)}页 {links}</p></body></html>", "utf-8")
        paths.append(str(path))
    return paths


@pytest.mark.parametrize("names", [
    ["88.html", "88_2.html", "88_3.html"], ["88.html", "88_1.html", "88_2.html"], ["t_1.htm", "t_2.htm", "t_3.htm"],
    ["总结.html", "总结(2).html", "总结(3).html"], ["a.php?page=1", "a.php?page=2", "a.php?page=3"],
    ["x第1页.html", "x第2页.html", "x第3页.html"],
    ["zz.html", "yy.html", "xx.html"],
])
@pytest.mark.parametrize("title", ["{title}（{n}）", "{title} 第{n}页", "{title}"])
def test_pages_are_joined_in_their_order_however_they_are_listed(tmp_path, names, title):
    paths = write(tmp_path, names, title)
    other = tmp_path / "z.txt"
    other.write_text("别的总结", "utf-8")
    for listed in itertools.permutations(paths):
        assert gather([*listed, str(other)]) == [tuple(paths), str(other)]


def test_the_joined_text(tmp_path):
    paths = write(tmp_path, ["88.html", "88_2.html", "88_3.html"])
    source = read_pages(paths)
    assert source.text.split("\n") == [
        TITLE, "2014年，全县妇联系统认真履行职能。全年共接待来信来访286件，办结280件，办结率为97.9%。"
               "举办讲座12场，受教育群众3400人次。",
        "二、存在问题", "一是力量不足，二是经费不足。"]
    assert source.path == paths[0] and [page.number for page in source.pages] == [1, 2, 3]
    assert [source.text[page.start:page.end][:6] for page in source.pages[1:]] == ["6件，办结2", "受教育群众3"]
    at = source.text.index("3400")
    place = source.place_of(at, at + 4)
    assert place.node.startswith("88_3.html#/html/body/") and place.page == 3
    assert source.sha256 not in {read_pages([path]).sha256 for path in paths}


def test_the_figures_of_joined_pages(tmp_path):
    paths = write(tmp_path, ["88.html", "88_2.html", "88_3.html"])
    made = run(tuple(paths))
    assert [figure.text for figure in made.figures] == ["286件", "280件", "97.9%", "12场", "3400人次"]
    assert len(made.documents) == 1 and made.path == paths[0]


def test_a_batch_reads_each_page_once(tmp_path):
    (tmp_path / "in").mkdir()
    write(tmp_path / "in", ["88.html", "88_2.html", "88_3.html"])
    done = batch.extract([tmp_path / "in"], tmp_path / "out")
    assert (done.files, done.rows["documents"], done.rows["figures"], done.errors) == (1, 1, 5, [])
    [result] = run_many(gather(str(path) for path in (tmp_path / "in").glob("*.html")), workers=2)
    assert len(result.figures) == 5


def alone(paths):
    assert gather(paths) == list(paths)


def test_other_articles_stay_apart(tmp_path):
    one = write(tmp_path, ["a.html"])
    two = tmp_path / "a_2.html"
    two.write_bytes((tmp_path / "a.html").read_bytes().replace(b"2014", b"2015"))
    alone([*one, str(two)])


@pytest.mark.parametrize("change", [
    {"back": "上一篇", "onward": "下一篇"},                       # neighbours, not pages
    {"back": "返回", "onward": "首页"}, {"hrefs": ["88.html", "88_3.html", "88_2.html"]},
])
def test_what_does_not_lead_from_page_to_page_stays_apart(tmp_path, change):
    alone(write(tmp_path, ["88.html", "88_2.html", "88_3.html"], **change))


def test_a_gap_or_a_double_keeps_pages_apart(tmp_path):
    paths = write(tmp_path, ["88.html", "88_2.html", "88_3.html"])
    alone([paths[0], paths[2]])
    again = tmp_path / "88_2 - 副本.html"
    again.write_bytes((tmp_path / "88_2.html").read_bytes())
    alone([*paths, str(again)])


def test_a_page_saved_twice_is_no_second_page(tmp_path):
    paths = write(tmp_path, ["总结.html", "总结2.html"], parts=PARTS[:2])
    again = tmp_path / "总结(1).html"
    again.write_bytes((tmp_path / "总结.html").read_bytes())
    alone([paths[0], str(again)])


def test_other_folders_stay_apart(tmp_path):
    paths = write(tmp_path, ["88.html", "88_2.html"], parts=PARTS[:2])
    (tmp_path / "b").mkdir()
    moved = tmp_path / "b" / "88_2.html"
    os.rename(paths[1], moved)
    alone([paths[0], str(moved)])


def test_files_that_cannot_be_read_are_left_to_be_told(tmp_path):
    (tmp_path / "x.html").mkdir()
    (tmp_path / "y.html").write_bytes(b"")
    (tmp_path / "y_2.html").write_bytes(b"<html><title>\xff\xfe\xfd\xfc\xfb</title>")
    alone([str(tmp_path / name) for name in ("x.html", "y.html", "y_2.html", "none.html")])
