"""The main job: every number of the page leads to its characters, damage stands beside repair, nothing runs."""

import json
import re
from html import unescape
from pathlib import Path

import pytest

from wqnlp.errors import Unwritable
from wqnlp.pipeline import Result
from wqnlp.records import Audit, Document, ErrorRow, Evidence, Figure, SetAside
from wqnlp.repair.base import Repaired
from wqnlp.report import job, main_job
from wqnlp.report.collect import Collection
from wqnlp.report.html import page
from wqnlp.report.trace import Tracer
from wqnlp.source.base import Decoding, Source
from wqnlp.span import Aligned, Edit

TEXTS = Path(__file__).parent / "gold/dev/texts"
DAMAGED = "全年聯(lián)合接待信訪１８６件，其中家庭暴力１８件。\n另有18件。"


def repaired(text, *edits):
    source = Source(path="t.txt", text=text, sha256="0" * 64, format="text",
                    decoding=Decoding(encoding="utf-8", reason="given", confidence=1.0))
    return Repaired(source=source, aligned=Aligned.of(text).edit(edits))


def damaged():
    wide = [Edit(m.start(), m.end(), chr(ord(m.group()) - 0xFEE0), "fullwidth")
            for m in re.finditer("[０-９]", DAMAGED)]
    at = DAMAGED.index("(")
    return repaired(DAMAGED, Edit(at, at + 6, "", "gloss"), *wide)


def figure(text, start, end, sentence, **fields):
    value = float(re.sub(r"\D", "", text) or 0)
    told = {"id": f"d-0:{start}-{end}", "doc_id": "d-0", "start": start, "end": end, "text": text, "sentence": sentence,
            "unit": "件", "value": value, "low": value, "high": value, "kind": "count", "measure": "cases_received"}
    return Figure(**{**told, **fields})


def result(**fields):
    one = damaged()
    first, second, third = (m.span() for m in re.finditer(r"[0-9０-９]+件", DAMAGED))
    sentence = one.text.split("\n")[0]
    figures = [figure("186件", *first, sentence, role="total"),
               figure("18件", *second, sentence, issue="domestic_violence", role="part",
                      parent=f"d-0:{first[0]}-{first[1]}"),
               figure("18件", *third, "另有18件。", flags=("duplicate",))]
    evidence = {"year": (Evidence(rule="title_year", start=0, end=2, confidence=0.9, text="全年"),)}
    document = Document(doc_id="d-0", path="t.txt", start=0, end=len(DAMAGED), title="霍山县妇联总结",
                        place="安徽省六安市霍山县", adcode="341525", level="county", year=2006, evidence=evidence,
                        damage={"gloss": 1, "fullwidth": 5})
    audit = Audit(doc_id="d-0", kind="sum", figures=tuple(f.id for f in figures[:2]), stated=186, computed=18,
                  status="inconsistent")
    aside = SetAside(doc_id="d-0", start=0, end=2, text="全年", reason="date")
    made = {"path": "t.txt", "source": one.source, "repaired": one, "documents": [document], "figures": figures,
            "audits": [audit], "set_aside": [aside]}
    return Result(**{**made, **fields})


def html_of(*results):
    from wqnlp.plots import panel as draw
    collection = Collection()
    for one in results:
        collection.add(one)
    collection.link()
    panels = job.compared(collection)
    return page(collection, panels, draw(panels))


def bare(html):
    return unescape(re.sub(r"data:[^)\"]+", "", html))


def test_a_figure_is_marked_in_its_sentence_and_in_the_source():
    one = damaged()
    passages = Tracer(one).passages(result().figures)
    assert [[p.text for p in passage.pieces if p.figure] for passage in passages] == [["186件", "18件"], ["18件"]]
    assert [p.text for p in passages[0].source if p.figure] == ["１８６件", "１８件"]
    assert passages[1].source == [] and "".join(p.text for p in passages[0].pieces) == one.text.split("\n")[0]
    assert "".join(p.text for p in passages[0].source) == DAMAGED.split("\n")[0]


def test_the_same_number_twice_in_a_line_is_told_apart():
    text = "来信18件，来访18件。"
    passages = Tracer(repaired(text)).passages([figure("18件", 2, 5, text), figure("18件", 8, 11, text)])
    assert [(p.text, p.figure) for p in passages[0].pieces] == [
        ("来信", ""), ("18件", "d-0:2-5"), ("，来访", ""), ("18件", "d-0:8-11"), ("。", "")]


def test_a_sentence_that_is_not_where_its_figure_is_falls_back_to_the_line():
    text = "前一行。\n来信18件。\n后一行。"
    [passage] = Tracer(repaired(text)).passages([figure("18件", 7, 10, "别处的句子")])
    assert "".join(p.text for p in passage.pieces) == "来信18件。"


def test_every_number_of_the_page_has_its_anchor():
    html = html_of(result())
    named = re.findall(r'\bid="([^"]+)"', html)
    assert len(named) == len(set(named))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(named)
    assert html.count('<mark id="fd-0-') == 3


def test_the_page_shows_evidence_damage_audit_and_what_was_set_aside():
    shown = re.sub(r'<span class="en">.*?</span>|<[^>]+>', "", bare(html_of(result())))
    for told in ("title_year", "据“全年”", "注音 1", "１８６件", "不符", "186件 ＝ 18件", "日期", "341525", "县级",
                 "重复"):
        assert told in shown, told


def test_the_page_is_whole_by_itself():
    html = html_of(result())
    assert "data:font/woff;base64," in html and "data:image/png;base64," in html
    assert not re.findall(r"(?:src|href)=\"(?!#|data:)", html) and "http" not in bare(html) and "<script" not in html


def test_nothing_of_a_file_runs():
    evil = '<script>alert(1)</script><img src="x" onerror="y">'
    document = result().documents[0]
    import dataclasses
    html = html_of(result(documents=[dataclasses.replace(document, title=evil, place=evil, organisation=evil)],
                          errors=[ErrorRow(path=evil, stage="source", error="E05", message=evil)]))
    assert "<script" not in html and "<img src=\"x" not in html and "&lt;script&gt;" in html


def test_summaries_beyond_the_pages_room_have_no_dead_links(monkeypatch):
    from wqnlp.report import collect
    monkeypatch.setattr(collect, "IN_FULL", 0)
    told = html_of(result())
    assert not re.findall(r'href="#[df][^"]*-', told) and "其余 1 行" in told and "186件" in told


def test_long_lists_end_where_the_tables_go_on(done, tmp_path, monkeypatch):
    from wqnlp.report import html
    monkeypatch.setattr(html, "LISTED", 1)
    monkeypatch.setattr(job, "SAID", 2)
    lines = main_job([TEXTS], tmp_path / "page.html")
    told = (tmp_path / "page.html").read_text("utf-8")
    assert told.count("其余 13 行不列；以文件夹作 -o") == 2 and "其余 12 份未列" in lines


def test_an_empty_run_gives_a_page():
    assert "没有可画" not in bare(html_of()) and "读不了的文件" in html_of()


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """The main job over three summaries, one of them twice, one with its year changed, and a file that is none."""
    inputs, out = tmp_path_factory.mktemp("in"), tmp_path_factory.mktemp("out") / "made" / "here"
    for name in ("d01", "d04", "d13"):
        (inputs / f"{name}.txt").write_bytes((TEXTS / f"{name}.txt").read_bytes())
    (inputs / "d04-again.txt").write_bytes((TEXTS / "d04.txt").read_bytes())
    (inputs / "d01-redated.txt").write_text((TEXTS / "d01.txt").read_text("utf-8").replace("2006年", "2019年"), "utf-8")
    (inputs / "empty.txt").write_bytes(b"")
    return main_job([inputs], out), out


def test_the_job_leaves_tables_plot_and_page(done):
    lines, out = done
    assert (out / "report.html").stat().st_size > 50_000 and (out / "panel.png").read_bytes()[:4] == b"\x89PNG"
    for name in ("documents", "figures", "set_aside", "activities", "issues", "audits", "errors"):
        assert (out / "tables" / f"{name}.jsonl").is_file() and (out / "tables" / f"{name}.csv").is_file()
    assert (out / "tables" / "panel.csv").read_bytes()[:3] == b"\xef\xbb\xbf"
    assert any(str(out / "report.html") in line for line in lines)


def test_the_summary_has_a_line_a_summary_and_names_what_failed(done):
    lines, _ = done
    text = "\n".join(lines)
    assert text.count("霍山县") == 2 and "186件" in text and "1268件次" in text
    assert "empty.txt" in text and "E03" in text and "counted once" in text


def test_copies_are_in_the_tables_and_counted_once(done):
    lines, out = done
    rows = [json.loads(line) for line in (out / "tables" / "documents.jsonl").read_text("utf-8").splitlines()]
    linked = {row["path"].split("/")[-1]: row["copies"] for row in rows}
    assert [c["differs"] for c in linked["d01.txt"]] == [["year"]] and linked["d13.txt"] == []
    assert "重复，不计" in "\n".join(lines)
    assert (out / "tables" / "panel.csv").read_text("utf-8-sig").count("霍山县") == 2     # one a series


def test_figures_of_the_page_are_those_of_the_table(done):
    _, out = done
    ids = [json.loads(line)["id"] for line in (out / "tables" / "figures.jsonl").read_text("utf-8").splitlines()]
    html = (out / "report.html").read_text("utf-8")
    assert [i for i in ids if f'<mark id="f{i.replace(":", "-")}"' not in html] == []


def test_an_output_that_cannot_be_written_is_told_before_any_work(tmp_path, monkeypatch):
    (tmp_path / "out").write_text("a file", "utf-8")
    monkeypatch.setattr(job, "run_many", lambda *_: pytest.fail("work was begun"))
    with pytest.raises(Unwritable, match="E21"):
        main_job([TEXTS], tmp_path / "out")


def test_a_library_gives_the_page_that_its_files_give(done, tmp_path):
    import wqnlp
    _, out = done
    inputs = [TEXTS / f"{name}.txt" for name in ("d01", "d04", "d13")]
    wqnlp.extract(inputs, store=tmp_path / "library.db")
    main_job([tmp_path / "library.db"], tmp_path / "page.html")
    whole = (tmp_path / "page.html").read_text("utf-8")
    assert not (tmp_path / "tables").exists()
    here, there = (set(re.findall(r'<mark id="(f[^"]+)"', html)) for html in (whole, (out / "report.html").read_text("utf-8")))
    assert here and {name for name in there if name in here} == here


def test_the_panel_as_excel_parquet_and_stata(done):
    import pandas as pd
    _, out = done
    told = pd.read_csv(out / "tables/panel.csv", encoding="utf-8-sig")
    book = pd.read_excel(out / "tables/panel.xlsx", sheet_name=None)
    assert book["panel"]["value"].dtype.kind == "f" and book["panel"]["value"].sum() == told["value"].sum()
    assert set(book["codebook"]["column"]) == set(told.columns) and book["codebook"]["meaning"].notna().all()
    stata = pd.read_stata(out / "tables/panel.dta")
    assert stata["place"].tolist() == told["place"].fillna("").tolist() and len(stata) == len(told)
    assert pd.read_parquet(out / "tables/panel.parquet")["value"].sum() == told["value"].sum()


def test_no_cell_of_the_workbook_is_a_formula(done):
    import pandas as pd
    from openpyxl import load_workbook

    from wqnlp.report.tables import excel
    frame = pd.DataFrame([{"series": "=1+1", "note": "+cmd", "value": 3.0, "year": 2006}])
    from io import BytesIO
    sheet = load_workbook(BytesIO(excel(frame)))["panel"]
    assert [cell.data_type for cell in sheet[2]] == ["s", "s", "n", "n"]


def test_the_page_has_all_its_parts_in_two_languages(done):
    html = (done[1] / "report.html").read_text("utf-8")
    for part in ("coverage", "overview", "panel", "recurring", "failing", "copies", "errors"):
        assert f'<h2 id="{part}"><span class="zh">' in html, part
    assert abs(html.count('class="zh"') - html.count('class="en"')) <= 2 and 'for="lang-en"' in html
    assert "年份" in html[html.index('<h2 id="copies">'):html.index("<section")]
