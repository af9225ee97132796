"""Word files made to do harm, or broken on the way: each is read, or gets one clear message. Nothing is fetched or run."""

import random
import zipfile
from copy import deepcopy
from io import BytesIO
from pathlib import Path

import pytest
from lxml import etree
from wordmaking import cell, p, package, part, r, row, table, zipped

from wqnlp.errors import Unreadable
from wqnlp.source import read
from wqnlp.source.base import Content
from wqnlp.source.doc import DocReader
from wqnlp.source.docx import DocxReader, WordXmlReader
from wqnlp.source.odt import OdtReader
from wqnlp.source.package import Limits
from wqnlp.source.rtf import RtfReader

FIXTURES = Path(__file__).parent / "fixtures" / "word"
XML = ("document.xml", "numbering.xml", "styles.xml", "footnotes.xml", "content.xml")
READERS = {"docx": DocxReader(), "doc": DocReader(), "rtf": RtfReader(), "odt": OdtReader()}


def refused(data, reader=None):
    with pytest.raises(Unreadable) as raised:
        (reader or DocxReader()).read("坏.docx", data)
    assert "坏.docx" in str(raised.value) and raised.value.todo
    return raised.value.code


def nested(depth):
    made = p("9件")
    for _ in range(depth):
        made = table(row(cell("外"), cell(made + p())))
    return made


def document(text):
    return zipped({"[Content_Types].xml": "", "word/document.xml": text})


def typed(declared, text):
    return document(declared + part("document", f"<w:body>{p(text)}</w:body>").partition("?>")[2])


@pytest.mark.parametrize(("name", "data", "code"), [
    ("a bomb", lambda: document(part("document", " " * 2**22)), "E14"),
    ("deep elements", lambda: package(p("<w:smartTag>" * 5000 + r("x") + "</w:smartTag>" * 5000)), "E14"),
    ("deep tables", lambda: package(nested(50)), "E14"),
    ("entities", lambda: typed('<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>', "&b;"), "E13"),
    ("an outer entity", lambda: typed('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>', "&a;"), "E13"),
    ("an outer type", lambda: typed('<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">', "x"), "E13"),
    ("no XML", lambda: document("妇联"), "E13"), ("an empty part", lambda: document(""), "E13"),
    ("no body", lambda: document(part("document", "")), "E13"), ("an empty body", lambda: package(""), "E03"),
    ("no document", lambda: zipped({"[Content_Types].xml": "", "word/styles.xml": ""}), "E13"),
    ("a workbook", lambda: zipped({"[Content_Types].xml": "", "xl/workbook.xml": ""}), "E05"),
    ("slides", lambda: zipped({"[Content_Types].xml": "", "ppt/presentation.xml": ""}), "E05"),
    ("another archive", lambda: zipped({"docProps/x": ""}), "E05"),
    ("a file cut short", lambda: package(p("接访9件"))[:-40], "E13"),
    ("a broken relation", lambda: zipped({"_rels/.rels": "<a", "word/document.xml": ""}), "E13")])
def test_hostile_packages(name, data, code):
    assert refused(data()) == code


def test_limits_are_settings():
    data = package(p("接访9件" * 3000))
    assert DocxReader().read("a.docx", data).text
    assert refused(data, DocxReader(limits=Limits(unpacked=5000))) == "E14"
    assert refused(package(nested(3)), DocxReader(limits=Limits(depth=2))) == "E14"


def test_a_bomb_beside_the_text_is_not_unpacked():
    made = BytesIO(package(p("接访9件")))
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/image1.png", bytes(2**25))
    assert DocxReader().read("a.docx", made.getvalue()).text == "接访9件"


def test_a_part_with_a_password():
    data = bytearray(package(p("接访9件")))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(mark)
        while place >= 0:
            data[place + at] |= 1
            place = data.find(mark, place + 4)
    assert refused(bytes(data)) == "E13"


@pytest.mark.parametrize("body", [
    p("<w:sdt><w:sdtContent>" * 100 + r("9件") + "</w:sdtContent></w:sdt>" * 100),
    "<w:sdt><w:sdtContent>" * 100 + p("9件") + "</w:sdtContent></w:sdt>" * 100,
    nested(20)])
def test_what_is_deep_but_sound_is_read(body):
    assert "9件" in DocxReader().read("a.docx", package(body)).text


def test_numbers_that_are_none():
    body = table(row(cell("甲").replace('w:val="1"', 'w:val="x"'), cell("乙", 10**9), cell("丙", -5)), row(cell("丁"), cell("戊")))
    assert DocxReader().read("a.docx", package(body)).text.startswith("甲 | 乙 | ")
    absurd = ('<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="99999999999"/><w:numFmt w:val="lowerLetter"/>'
              '<w:lvlText w:val="%1%9"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>')
    assert DocxReader().read("a.docx", package(
        p("9件", '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'), numbering=absurd)).text.endswith("9件")


@pytest.mark.parametrize("level", ["9999999999", "-1", "8"])
def test_a_level_that_no_list_has_costs_nothing(level):
    levels = "".join(
        f'<w:lvl w:ilvl="{one}"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
        for one in (0, level))
    numbered = f'<w:abstractNum w:abstractNumId="1">{levels}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
    body = p("接访9件", f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>')
    assert "接访9件" in DocxReader().read("a.docx", package(body, numbering=numbered)).text


def test_a_label_as_long_as_a_page_is_cut():
    long = f'<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:lvlText w:val="{"%1" * 9000}"/></w:lvl></w:abstractNum>'
    made = DocxReader().read("a.docx", package(p("9件", '<w:numPr><w:numId w:val="1"/></w:numPr>') * 50, numbering=long
                             + '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'))
    assert len(made.text) < 5000


def test_xml_that_says_it_is_of_word():
    head = b'<?xml version="1.0"?><?mso-application progid="Word.Document"?>'
    assert refused(head + b"<a/>", WordXmlReader()) == refused(head + b"<a", WordXmlReader()) == "E13"


def mutated(data, chance):
    """A copy with some bytes set, cut, doubled or taken from elsewhere."""
    made = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at, size = chance.randrange(len(made)), chance.choice((1, 1, 2, 4, 16, 200))
        kind = chance.randrange(5)
        if kind == 0:
            made[at:at + size] = bytes(chance.randrange(256) for _ in range(size))
        elif kind == 1:
            made[at:at + size] = chance.choice((b"\0", b"\xff", b"\x7f", b"\x01")) * size
        elif kind == 2 and len(made) > 2 * size:
            del made[at:at + size]
        elif kind == 3:
            made[at:at] = made[at:at + size]
        else:
            there = chance.randrange(len(made))
            made[at:at + size] = made[there:there + size]
    return bytes(made)


def mutated_parts(data, chance):
    """A package with one of its parts mutated, and packed again."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice([name for name in parts if name.endswith((*XML, ".rels"))])
    parts[name] = mutated(parts[name], chance)
    return zipped(parts)


def shuffled(data, chance):
    """A package in whose XML, which stays sound, some elements are moved, doubled, dropped, renamed, or given another value."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice([name for name in parts if name.endswith(XML)])
    root = etree.fromstring(parts[name])
    for _ in range(chance.randint(1, 12)):
        elements = list(root.iter())[1:]
        if not elements:
            break
        one, other = chance.choice(elements), chance.choice(elements)
        kind = chance.randrange(5)
        if kind == 0:
            one.getparent().remove(one)
        elif kind == 1:
            other.append(deepcopy(one))
        elif kind == 2:
            one.tag = other.tag
        elif kind == 3 and one not in other.iterancestors() and one is not other:
            other.append(one)
        elif one.attrib:
            one.attrib[chance.choice(list(one.attrib))] = chance.choice(("", "0", "-1", "9999999999", "continue", "begin", "x", "1"))
    parts[name] = etree.tostring(root)
    return zipped(parts)


def broken_copy(kind, data, seed):
    chance = random.Random(seed)
    if kind in ("docx", "odt") and seed % 5:
        return shuffled(data, chance) if seed % 5 > 1 else mutated_parts(data, chance)
    return mutated(data, chance)


def hammer(kind, seeds):
    data = (FIXTURES / f"rich.{kind}").read_bytes()
    outcomes = {"read": 0, "refused": 0}
    for seed in seeds:
        broken = broken_copy(kind, data, seed)
        try:
            made = READERS[kind].read("坏", broken)
        except Unreadable as error:
            assert error.code in ("E03", "E05", "E13", "E14"), seed
            outcomes["refused"] += 1
            continue
        assert isinstance(made, Content) and made.text.encode("utf-8"), seed
        assert all(0 <= one.start <= one.end <= len(made.text) for one in (*made.places, *made.cells)), seed
        outcomes["read"] += 1
    return outcomes


@pytest.mark.parametrize("kind", READERS)
def test_mutated_files_are_read_or_refused(kind):
    assert all(hammer(kind, range(200)).values())


@pytest.mark.slow
@pytest.mark.parametrize("kind", READERS)
def test_many_mutated_files_are_read_or_refused(kind):
    assert all(hammer(kind, range(200, 4000)).values())


@pytest.mark.parametrize("kind", READERS)
def test_a_file_cut_at_any_place_is_read_or_refused(kind, tmp_path):
    data = (FIXTURES / f"rich.{kind}").read_bytes()
    path = tmp_path / "cut.doc"
    for end in range(9, len(data), len(data) // 60):
        path.write_bytes(data[:end])
        try:
            assert read(path).text
        except Unreadable as error:
            assert error.todo
