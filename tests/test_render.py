"""The renderings themselves: every character drawn, nothing added that gold does not know, the same in every run."""

import io
import re
import sys
import zipfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from render import DEV, WAYS, archives, docx, html, load, pdf, rtf, scan, text
from render.base import NUMBER, numbered, split_numbers, wrong
from render.fonts import undrawn

import wqnlp

GOLDS = load()
BY_NAME = {gold.name: gold for gold in GOLDS}


def squeezed(told: str) -> str:
    return re.sub(r"[\s　|]", "", told)


def test_all_dev_summaries_are_rendered():
    assert [gold.name for gold in GOLDS] == sorted(path.stem for path in (DEV / "texts").iterdir())
    assert sum(len(gold.figures) for gold in GOLDS) == len((DEV / "gold" / "figures.jsonl").read_text("utf-8").splitlines())
    assert len({way.name for way in WAYS}) == len(WAYS)


@pytest.mark.parametrize("gold", GOLDS, ids=lambda gold: gold.name)
def test_the_font_has_every_character(gold):
    assert undrawn(gold.text + pdf.FURNITURE) == set()


@pytest.mark.parametrize("gold", GOLDS, ids=lambda gold: gold.name)
def test_the_parts_are_the_text(gold):
    told = "".join(part.text + "".join(cell for row in part.rows for cell in row) for part in gold.parts())
    assert squeezed(told) == squeezed(gold.text)


@pytest.mark.parametrize("gold", GOLDS, ids=lambda gold: gold.name)
def test_a_number_is_split_inside_and_nothing_is_lost(gold):
    pieces = split_numbers(gold.text, gold.dice)
    assert "".join(pieces) == gold.text
    assert len(pieces) == 1 + sum(len(found[0]) > 1 for found in NUMBER.finditer(gold.text))


def test_list_marks_are_those_a_counter_would_print():
    marks = [mark for _, mark in numbered(BY_NAME["d01"].parts()) if mark]
    assert marks == ["一、", "（一）", "1．", "2．", "（二）", "二、", "三、", "1．", "2．", "四、"]


@pytest.mark.parametrize("number", ["186", "０９", "3,000", "87.5"])
def test_a_wrong_number_is_another_of_the_same_length(number):
    assert wrong(number) != number and len(wrong(number)) == len(number)


@pytest.mark.parametrize("way", [way for way in WAYS if way.format in ("docx", "html", "mht", "rtf", "eml", "zip", "tar", "text")],
                         ids=lambda way: way.name)
def test_rendering_is_the_same_in_every_run(way):
    def made() -> list[tuple[str, int]]:
        return [(file.name, len(file.data)) for file in way.files(GOLDS[:2])]

    assert made() == made()
    assert all(size for _, size in made())


def test_deleted_numbers_are_in_the_document_and_are_marked():
    with zipfile.ZipFile(io.BytesIO(docx.awkward(BY_NAME["d01"])[0].data)) as archive:
        xml = archive.read("word/document.xml").decode()
        assert "word/footnotes.xml" in archive.namelist()
    deleted = re.findall(r"<w:delText[^>]*>([^<]+)<", xml)
    assert deleted and not any(f">{number}</w:t>" in xml for number in deleted)
    assert ">一、夯实基础" not in xml and "夯实基础" in xml, "Word counts the headings"
    assert xml.count("<w:txbxContent>") == 2


def test_the_charset_of_an_awkward_page_is_a_lie():
    for name, label, truth in (("d01", b"utf-8", "gb18030"), ("d02", b"gb2312", "utf-8")):
        page = html.awkward(BY_NAME[name])[0].data
        assert b"charset=" + label in page
        assert BY_NAME[name].title in page.decode(truth)


def test_a_table_goes_on_over_the_page_under_its_repeated_head():
    import pdfplumber

    with pdfplumber.open(io.BytesIO(pdf.ruled(BY_NAME["d10"])[0].data)) as file:
        tables = [table for page in file.pages for table in page.extract_tables() if len(table[0]) == 7]
    assert len(tables) == 2 and tables[0][:2] == tables[1][:2]
    assert [row[0] for row in tables[0][2:] + tables[1][2:]] == [row[0] for row in
                                                                 next(part.rows for part in BY_NAME["d10"].parts() if part.rows)[1:]]


@pytest.mark.parametrize("make", [pdf.plain, pdf.headed, pdf.narrow])
def test_the_text_layer_has_the_text(make):
    import pdfplumber

    gold = BY_NAME["d13"]
    with pdfplumber.open(io.BytesIO(make(gold)[0].data)) as file:
        told = squeezed("".join(page.extract_text() for page in file.pages))
    lines = [re.split("[·—]", squeezed(line)[:12])[0] for line in gold.text.splitlines()]        # Adobe-GB1 has others of these
    assert [line for line in lines if line not in told] == []


def test_a_scan_is_a_page_of_a4_and_a_worn_one_is_askew():
    from PIL import Image

    gold = BY_NAME["d13"]
    plain = Image.open(io.BytesIO(scan.png(gold)[0].data))
    assert plain.size == (scan.WIDE, scan.HIGH) and round(plain.info["dpi"][0]) == scan.DPI
    worn = scan.worn(plain, gold)
    assert worn.getextrema()[1] <= 255 and worn.tobytes() != plain.tobytes()
    assert Image.open(io.BytesIO(scan.tiff(BY_NAME["d04"])[0].data)).n_frames > 1


def test_an_rtf_is_ascii_and_balanced():
    for make in (rtf.plain, rtf.awkward):
        data = make(BY_NAME["d10"])[0].data
        assert data.isascii() and data.startswith(b"{\\rtf1") and data.count(b"{") == data.count(b"}")


def test_names_of_an_awkward_zip_are_gbk_without_a_sign_of_it():
    data = archives.zipped_awkward(GOLDS[:6])[0].data
    assert "总结/年报.tar.gz".encode("gbk") in data and "总结".encode() not in data


@pytest.mark.parametrize("make", [text.gb18030, text.big5, text.utf16, text.utf16_bare])
def test_figures_do_not_depend_on_the_encoding_or_the_ends_of_lines(make, tmp_path):
    """Issue of lone carriage returns: the last cells of the rows of a table were no figures."""
    gold = BY_NAME["d10"]
    path = tmp_path / "d10.txt"
    path.write_bytes(make(gold)[0].data)
    plain = wqnlp.read(DEV / "texts" / "d10.txt").figures
    assert list(wqnlp.read(path).figures.value) == list(plain.value)
    assert len(plain) == len(gold.figures)
