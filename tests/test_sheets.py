"""Tables of spreadsheets: Excel workbooks and comma-separated text."""

import io
import zipfile
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from wqnlp.errors import Unreadable
from wqnlp.pipeline import run_data
from wqnlp.source import read_data

HEAD = "霍山县妇联2015年信访情况统计表"
ROWS = [["类别", "受理", "办结", "占比"], ["婚姻家庭", 120, 110, 0.6], ["其中：家庭暴力", 45, 40, 0.225], ["财产权益", 50, 45, 0.25],
        ["其他", 30, 25, 0.15], ["合计", 200, 180, 1]]


def workbook(fill):
    book = Workbook()
    fill(book)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def statistics(book):
    sheet = book.active
    sheet.append([HEAD])
    sheet.merge_cells("A1:D1")
    sheet.append(["单位：件"])
    for row in ROWS:
        sheet.append(row)
    for row in range(4, 9):
        sheet[f"D{row}"].number_format = "0.0%"
    sheet.append(["注：统计截至2015年12月31日，不含县直单位自行受理的信访事项。"])


def told(made):
    assert not made.errors
    texts = {figure.id: figure.text for figure in made.figures}
    return [(f.text, f.value, f.measure, f.issue, texts.get(f.parent)) for f in made.figures]


@pytest.fixture(scope="module")
def read():
    return run_data(workbook(statistics), "a.xlsx")


def test_a_table_of_a_workbook_is_read_as_one(read):
    found = told(read)
    assert ("120", 120, "cases_received", "marriage_family", "200") in found
    assert ("45", 45, "cases_received", "domestic_violence", "120") in found
    assert ("180", 180, "cases_resolved", None, "200") in found and ("22.5%", 22.5, "share", "domestic_violence", None) in found
    assert len(found) == 15 and {audit.status for audit in read.audits} == {"consistent"}
    [document] = read.documents
    assert (document.place, document.year, document.title) == ("安徽省六安市霍山县", 2015, HEAD)
    assert read.source.format == "xlsx" and read.source.place_of(*spans(read, "45")[0]).node == "s1r5c2"


def spans(made, text):
    return [(figure.start, figure.end) for figure in made.figures if figure.text == text]


def test_what_stands_alone_is_text(read):
    lines = read.source.text.split("\n")
    assert lines[:2] == [HEAD, "单位：件"] and lines[-1].startswith("注：统计截至")


def test_comma_separated_text_gives_the_same(read):
    lines = [HEAD, "单位：件", *(",".join(f"{100 * cell:.1f}%" if at == 3 and number else str(cell) for at, cell in enumerate(row))
                             for number, row in enumerate(ROWS))]
    for encoding in ("utf-8-sig", "gb18030"):
        for mark in ("\r\n", "\n"):
            made = run_data(mark.join(lines).encode(encoding), "a.csv")
            assert made.source.format == "csv" and told(made) == told(read)


def test_merged_heads_span_their_columns():
    def fill(book):
        sheet = book.active
        for row in ([HEAD], ["乡镇", "受理（件）", "", "办结（件）", ""], ["", "家庭暴力", "离婚", "家庭暴力", "离婚"],
                    ["城关镇", 12, 20, 11, 19], ["合计", 12, 20, 11, 19]):
            sheet.append([cell if cell != "" else None for cell in row])
        for merge in ("A2:A3", "B2:C2", "D2:E2"):
            sheet.merge_cells(merge)
    found = told(run_data(workbook(fill), "a.xlsx"))
    assert [(text, measure, issue) for text, _, measure, issue, _ in found][:4] == [
        ("12", "cases_received", "domestic_violence"), ("20", "cases_received", "divorce"),
        ("11", "cases_resolved", "domestic_violence"), ("19", "cases_resolved", "divorce")]


def test_sheets_that_are_shown_dates_and_kinds_of_cells():
    def fill(book):
        first, second, hidden = book.active, book.create_sheet("二季度"), book.create_sheet("草稿")
        hidden.sheet_state = "hidden"
        hidden.append(["旧数", 999])
        first.title = "一季度"
        first["A1"], first["B1"] = "填表日期", date(2015, 4, 2)
        first["A2"], first["B2"] = "是否上报", True
        second["A1"], second["B1"], second["C1"] = "接待来访", 12.5, "=1/0"
    text = read_data("a.xlsx", workbook(fill)).text
    assert text == "一季度\n填表日期 | 2015年4月2日\n是否上报 | 是\n二季度\n接待来访 | 12.5"


@pytest.mark.parametrize("text", [
    "接待来访96件,其中家暴12件。\n办结90件,办结率93.8%。\n化解纠纷35起,成功率97%。\n慰问母亲20名,发放慰问金4000元。",
    "2015年,县妇联接待来访96件。\n2014年,县妇联接待来访90件。\n2013年,县妇联接待来访85件。",
    "江平县妇联2013年工作总结\n一、信访,来访96件\n二、普法,讲座12场\n三、帮扶,慰问30名\n其他工作照常开展。"])
def test_prose_with_commas_is_no_table(text):
    assert read_data("a.txt", text.encode()).format == "text" and read_data("a.txt", text.encode()).text == text


def test_broken_and_hostile_workbooks_are_refused():
    whole = workbook(statistics)
    for data, code in ((whole[:len(whole) // 2], "E1"), (bomb(whole), "E13"), (huge(whole), "E14"), (without(whole), "E13")):
        with pytest.raises(Unreadable) as refused:
            read_data("a.xlsx", data)
        assert refused.value.code.startswith(code), refused.value


def parts_of(whole):
    with zipfile.ZipFile(io.BytesIO(whole)) as old:
        return {name: old.read(name) for name in old.namelist()}


def packed(parts):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in parts.items():
            new.writestr(name, data)
    return held.getvalue()


def bomb(whole):
    parts = parts_of(whole)
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "b"}">' for n in range(9))
    text = parts["xl/workbook.xml"].decode().replace("<workbook", f"<!DOCTYPE s [{entities}]><workbook", 1)
    return packed(parts | {"xl/workbook.xml": text.encode()})


def huge(whole):
    return packed(parts_of(whole) | {"xl/worksheets/sheet1.xml": b"<worksheet>" + b" " * 60_000_000 + b"</worksheet>"})


def without(whole):
    return packed({name: data for name, data in parts_of(whole).items() if name != "xl/workbook.xml"} | {"xl/other.xml": b"<a/>"})


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=40), st.integers(0, 5000), st.integers(0, 400))
def test_no_mutation_brings_it_down(bytes_, at, gone):
    whole = workbook(statistics)
    at %= len(whole)
    made = run_data(whole[:at] + bytes_ + whole[at + gone:], "a.xlsx")
    assert made.source is not None or made.errors[0].error in ("E03", "E05", "E06", "E13", "E14", "E18"), made.errors


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.sampled_from(["家暴", "12", '"', '"a,b"', "", "３%", " ", "接待来访96件。", "\t"]), max_size=5), max_size=12))
def test_no_table_of_text_brings_it_down(rows):
    made = run_data("\n".join(",".join(row) for row in rows).encode() or b" ", "a.csv")
    assert {error.error for error in made.errors} <= {"E03", "E05", "E06"}
