"""Reading: the encoding is found, the text is not altered, and bad files get one clear message."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wqnlp.errors import Unreadable
from wqnlp.source import read
from wqnlp.source.text import decode

SUMMARY = ("××县妇联2014年维权工作总结\r\n"
           "全年共接待来信来访来电１８６件，比上年增加12件；其中婚姻家庭类118件，占63.4%。\r\n"
           "“三八”维权周期间，发放宣传资料2万多份，为42名失学女童筹集资金2.52万元。\n")
TRADITIONAL = "市婦聯2014年維權工作總結\r\n今年以來，共接待婦女兒童信訪案件329件，調處率達100%。其中，市級接待51件。\n"
MARKS = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
@pytest.mark.parametrize("text", [SUMMARY, TRADITIONAL])
def test_every_encoding_gives_the_text_unchanged(tmp_path, text, encoding):
    path = tmp_path / "总结.txt"
    path.write_bytes(text.encode(encoding))
    source = read(path)
    assert source.text == text
    assert source.decoding.encoding == MARKS.get(encoding, encoding)
    assert source.decoding.undecodable == 0 and source.decoding.reason
    assert len(source.sha256) == 64 and source.format == "text"


def test_big5_is_told_from_gbk(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(TRADITIONAL.encode("cp950"))
    source = read(path)
    assert (source.text, source.decoding.encoding, source.decoding.runner_up) == (TRADITIONAL, "cp950", "gb18030")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["妇联信访", "接待来访287人次", "市妇联", "婚姻家庭类", "巾帼维权行动"])
def test_short_texts(text, encoding):
    assert decode("x", text.encode(encoding))[0] == text


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_few_bad_bytes_are_counted_and_the_rest_is_read(encoding):
    data = bytearray((SUMMARY * 5).encode(encoding))
    data[60:60] = b"\xff"
    text, how = decode("x", bytes(data))
    assert how.encoding == encoding and 1 <= how.undecodable <= 4
    assert "\ufffd" in text and text.count("发放宣传资料2万多份") == 5


def test_a_file_cut_in_the_middle_of_a_character():
    text, how = decode("x", SUMMARY.encode()[:-3])
    assert text.endswith("2.52万元\ufffd") and (how.encoding, how.undecodable) == ("utf-8", 1)


def code_of(path, **options):
    with pytest.raises(Unreadable) as raised:
        read(path, **options)
    assert str(path) in str(raised.value) and raised.value.todo
    return raised.value.code


def test_each_bad_input_has_one_message(tmp_path):
    path = tmp_path / "坏.txt"
    assert code_of(path) == "E01"
    for data, code in [
            (b"", "E03"), (" \r\n　\n".encode(), "E03"), (b"\xef\xbb\xbf", "E03"),
            (b"\x89PNG\r\n\x1a\n", "E16"), (b"PK\x03\x04\x14\0", "E18"), (b"\xd0\xcf\x11\xe0\xa1\xb1", "E05"),
            (bytes(2000), "E05"), (bytes(range(1, 32)) * 20, "E05"),
            (b"\xff\xfa\xf0\xff\x80" * 50, "E06"), (b"%PDF-1.4 nonsense", "E12")]:
        path.write_bytes(data)
        assert code_of(path) == code, data[:20]
    path.write_bytes(b"x" * 2000)
    assert code_of(path, limit=1000) == "E04"
    assert code_of(tmp_path) == "E05"
    assert code_of(path / "inside") == "E01"


@pytest.mark.skipif(os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read anything")
def test_no_permission(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(SUMMARY, "utf-8")
    path.chmod(0)
    assert code_of(path) == "E02"


@settings(max_examples=150, deadline=None)
@given(st.binary(min_size=1, max_size=400))
def test_random_bytes_are_read_or_refused(data):
    try:
        text, how = decode("x", data)
    except Unreadable as refusal:
        assert refusal.code in ("E05", "E06")
    else:
        assert isinstance(text, str) and 0 <= how.confidence <= 1


def pdf(pages: list[list[str]]) -> bytes:
    """A small PDF with a text layer in a Chinese font that every reader knows; one list of lines a page."""
    first = 4 + 2 * len(pages)
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(len(pages)))
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
               f"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H "
               f"/DescendantFonts [{first} 0 R] >>"]
    for i, lines in enumerate(pages):
        shown = "\n".join(f"BT /F1 12 Tf 60 {760 - 20 * j} Td <{line.encode('utf-16-be').hex()}> Tj ET"
                          for j, line in enumerate(lines))
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * i} 0 R "
                       "/Resources << /Font << /F1 3 0 R >> >> >>")
        objects.append(f"<< /Length {len(shown)} >>\nstream\n{shown}\nendstream")
    objects.append("<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 "
                   "/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> "
                   f"/FontDescriptor {first + 1} 0 R >>")
    objects.append("<< /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /FontBBox [0 -200 1000 900] "
                   "/ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 700 /StemV 80 >>")
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("ascii")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    return out + (f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n"
                  f"startxref\n{len(out)}\n%%EOF\n").encode("ascii")


def test_pdf_pages_in_reading_order(tmp_path):
    path = tmp_path / "总结.pdf"
    path.write_bytes(pdf([["县妇联2014年维权工作总结", "全年共接待来信来访186件。"], ["办结率为96.2%。"]]))
    source = read(path)
    assert source.text == "县妇联2014年维权工作总结\n全年共接待来信来访186件。\n办结率为96.2%。"
    assert [source.text[page.start:page.end] for page in source.pages][1] == "办结率为96.2%。"
    assert [page.number for page in source.pages] == [1, 2] and source.format == "pdf"


def test_pdf_without_text_and_broken_pdf(tmp_path):
    path = tmp_path / "扫描.pdf"
    path.write_bytes(pdf([[], []]))
    assert code_of(path) == "E11"
    whole = pdf([["县妇联"]])
    path.write_bytes(whole[:200])
    assert code_of(path) == "E12"


def test_the_suffix_does_not_decide(tmp_path):
    path = tmp_path / "总结.txt"
    path.write_bytes(pdf([["全年共接待186件"]]))
    assert read(path).format == "pdf"


def test_real_file_is_read(shared):
    for path in sorted((shared / "archive").glob("*.txt")):
        assert read(path).decoding.encoding == "utf-8"
