"""Word files of other kinds: binary .doc, RTF, and what lies about its kind. The fixtures are gold texts saved by LibreOffice."""

import base64
import io
import quopri
from pathlib import Path

import olefile
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wordmaking import zipped

from wqnlp.errors import Unreadable
from wqnlp.pipeline import run
from wqnlp.source import read
from wqnlp.source.doc import DocReader
from wqnlp.source.odt import OdtReader
from wqnlp.source.rtf import RtfReader

FIXTURES = Path(__file__).parent / "fixtures" / "word"
KINDS = ["docx", "doc", "rtf", "odt"]
GOLD = Path(__file__).parent / "gold" / "dev" / "texts"
RICH = """某县妇联2012年维权工作总结
一、信访情况
（一）受理
（二）调处
二、存在问题
（一）困难
全年接待238件，调处233件。
含上年结转12件。
其中12件已办结。
第页见链接
有框的段
框中接访7件
框中第二段
附表
类别 | 件数 |\x20
 | 家暴 | 财产
城关 | 3 | 4
中间
说明
外
内一 | 5
内二 | 6
外后
行一
行二-完
末段"""
CELLS = [(0, 0, 2, 1, "类别"), (0, 1, 1, 2, "件数"), (1, 1, 1, 1, "家暴"), (1, 2, 1, 1, "财产"), (2, 0, 1, 1, "城关"),
         (2, 1, 1, 1, "3"), (2, 2, 1, 1, "4")]


@pytest.mark.parametrize("kind", KINDS)
def test_a_gold_text_is_the_same_in_every_format(kind):
    """Its numbers 一、 （一） are generated, its foot has a page number."""
    source = read(FIXTURES / f"d10.{kind}")
    assert source.text.strip() == (GOLD / "d10.txt").read_text("utf-8").strip()
    assert source.format == kind and len(source.cells) == 63
    assert [source.text[c.start:c.end] for c in source.cells if c.row == 8] == ["合计", "216", "146", "23", "10", "26", "11"]


@pytest.mark.parametrize("kind", KINDS)
def test_all_that_a_file_may_hold(kind):
    """Numbers by style, a note, hidden and deleted text, fields, a box, merged cells, a table in a table."""
    source = read(FIXTURES / f"rich.{kind}")
    assert source.text.replace("\u2011", "-").split("\n") == RICH.split("\n")      # .odt keeps the sign itself
    assert [(*c[1:5], source.text[c.start:c.end]) for c in source.cells if c.table == 0] == CELLS
    nodes = [place.node for place in source.places]
    assert "fn1" in nodes and "tb1p2" in nodes and "t3r2c2" in nodes
    held = set().union(*(range(place.start, place.end) for place in source.places))
    assert all(at in held for at, char in enumerate(source.text) if char not in " |\n")


@pytest.mark.parametrize("kind", KINDS)
def test_figures_are_those_of_the_plain_text(kind):
    plain = run(GOLD / "d10.txt").figures
    assert [(f.value, f.unit, f.measure, f.issue) for f in run(FIXTURES / f"d10.{kind}").figures] == \
        [(f.value, f.unit, f.measure, f.issue) for f in plain]


@pytest.mark.parametrize("kind", KINDS)
def test_the_suffix_is_not_believed(tmp_path, kind):
    for name in ("总结.txt", "总结.doc", "总结.pdf"):
        path = tmp_path / name
        path.write_bytes((FIXTURES / f"rich.{kind}").read_bytes())
        assert read(path).format == kind


HEAD = (r"\ansi\ansicpg936\deff0{\fonttbl{\f0\fnil\fcharset134 SimSun;}{\f1\froman\fcharset0 Times;}"
        r"{\f2\fcharset136 MingLiU;}}")


def odt(body, styles=""):
    names = ("office", "text", "table", "style", "draw")
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    return OdtReader().read("a.odt", zipped({
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": f"<office:document-content {spaces}><office:automatic-styles>{styles}</office:automatic-styles>"
                       f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"}))


def listed(*items, more=""):
    inside = "".join(f"<text:list-item><text:p>{one}</text:p></text:list-item>" for one in items)
    return f'<text:list text:style-name="L" {more}>{inside}</text:list>'


@pytest.mark.parametrize(("body", "text"), [
    ("<text:p> 接访 9<text:s/><text:s text:c='2'/>件<text:tab/>a<text:line-break/>b</text:p>", "接访 9   件\ta\nb"),
    ("<text:p>第<text:page-number>77</text:page-number>页<text:span text:style-name='H'>78</text:span></text:p>", "第页"),
    ("<text:p>接访<text:span text:style-name='S'>78</text:span>9件</text:p>", "接访9件"),
    ("<text:p><text:ruby><text:ruby-base>联</text:ruby-base><text:ruby-text>lián</text:ruby-text></text:ruby></text:p>", "联"),
    ("<text:section><text:p>甲</text:p></text:section><text:table-of-content><text:p>77</text:p></text:table-of-content>", "甲"),
    (listed("甲", "乙") + listed("丙"), "（一）甲\n（二）乙\n（一）丙"),
    (listed("甲") + listed("乙", more='text:continue-numbering="true"'), "（一）甲\n（二）乙"),
    (listed("甲").replace("list-item>", "list-header>"), "甲"),
    ("<table:table><table:table-header-rows><table:table-row><table:table-cell table:number-rows-spanned='2'><text:p>甲</text:p>"
     "</table:table-cell><table:table-cell><text:p>9</text:p></table:table-cell></table:table-row></table:table-header-rows>"
     "<table:table-row><table:covered-table-cell/><table:table-cell><text:p>8</text:p></table:table-cell></table:table-row>"
     "</table:table>", "甲 | 9\n | 8")])
def test_odt(body, text):
    styles = ("<style:style style:name='H'><style:text-properties text:display='none'/></style:style>"
              "<style:style style:name='S'><style:text-properties style:text-line-through-style='solid'/></style:style>"
              "<text:list-style style:name='L'>"
              "<text:list-level-style-number text:level='1' style:num-format='一, 二' style:num-prefix='（' style:num-suffix='）'/>"
              "</text:list-style>")
    assert odt(body, styles).text == text


def test_odt_in_one_file(tmp_path):
    path = tmp_path / "总结.xml"
    path.write_text('<?xml version="1.0"?>\n<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
                    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text><text:p>接访9件</text:p>'
                    '</office:text></office:body></office:document>', "utf-8")
    assert (read(path).text, read(path).format) == ("接访9件", "fodt")
    path.write_text(path.read_text("utf-8").replace("office:text", "office:spreadsheet"), "utf-8")
    with pytest.raises(Unreadable, match="E13"):
        read(path)


def rtf(inside, head=HEAD):
    data = inside.encode("gb18030") if isinstance(inside, str) else inside
    return RtfReader().read("a.rtf", b"{\\rtf1" + head.encode() + b"\n" + data + b"}")


def escaped(text, encoding="gb18030"):
    return "".join(f"\\'{byte:02x}" for byte in text.encode(encoding))


@pytest.mark.parametrize(("inside", "text"), [
    (escaped("接访238件"), "接访238件"),
    ("接访238件", "接访238件"),                                                        # bare bytes
    (r"\'81A" + escaped("件"), b"\x81A".decode("gb18030") + "件"),                       # the second byte as a letter
    (r"\f1 " + escaped("接访") + "9", "接访9"),                                          # a Latin font over GBK
    (r"{\f2 " + escaped("婦聯", "cp950") + "}" + escaped("妇联"), "婦聯妇联"),
    (r"\uc1\u25509?\u35775?9", "接访9"), (r"\uc2\u25509" + escaped("接") + "9", "接9"), (r"\uc0\u25509 9", "接9"),
    (r"\u-10187?\u-8999?x", "\U0001d4d9x"),
    (r"{\uc1\u25509}9", "接9"),
    (r"a\par b\line c\tab d\~e\_f\-g\{\}\\", "a\nb\nc\td\xa0e-fg{}\\"),
    (r"{\*\unknown 77}{\info{\title 78}}{\header 79}{\footerf 80}{\pict\bin4 }}}}81}9", "9"),
    (r"{\field{\*\fldinst PAGE}{\fldrslt 77}}{\field{\*\fldinst{ HYPERLINK \\l}}{\fldrslt 9}}", "9"),
    (r"{\v 77}{\deleted 78}{\revised 9}\v 79\v0 8\plain 7", "987"),
    (r"{\strike 77}9\strike 78\strike0 8{\striked1 79}", "98"),
    (r"{\listtext\pard\plain " + escaped("一、") + r"\tab}" + escaped("渠道"), "一、渠道"),
    (r"{\pntext 1.\tab}2009" + escaped("年"), "1. 2009年"),
    (r"9{\footnote\pard\plain{\chftn} " + escaped("注") + r"}8\par 7", "98\n 注\n7"),
    (r"{\shp{\*\shpinst{\sp{\sn a}{\sv 77}}{\shptxt\pard 9\par}}{\shprslt 78}}8\par 7", "8\n9\n7"),
    (r"9\bullet\lquote\emdash", "9•‘—"),
    (r'{\field{\*\fldinst symbol 183 \\f "Symbol"}{\fldrslt }}9{\field{\*\fldinst SYMBOL 71}{\fldrslt G}}', "·9G"),
    ("9}77", "9"),                                                                      # what follows the document is not read
])
def test_rtf(inside, text):
    assert rtf(inside).text == text


def test_rtf_tables():
    edges = r"\trowd\clvmgf\cellx1000\cellx2000\cellx3000"
    made = rtf(rf"\pard top\par{edges}\pard\intbl a\cell b\cell c\cell\row"
               r"\trowd\clvmrg\cellx1000\cellx3010\pard\intbl\cell d\cell\row\pard end\par")
    assert made.text == "top\na | b | c\n | d | \nend\n".rstrip("\n")
    assert [(*c[1:5], made.text[c.start:c.end]) for c in made.cells] == [
        (0, 0, 2, 1, "a"), (0, 1, 1, 1, "b"), (0, 2, 1, 1, "c"), (1, 1, 1, 2, "d")]
    assert rtf(r"\pard\intbl a\cell b\cell").text == "a | b"                             # cut short


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=30))
def test_rtf_keeps_every_character(text):
    units = memoryview(text.encode("utf-16-le")).cast("H") if text else []
    made = b"{\\rtf1\\ansi\\uc1 x" + b"".join(b"\\u%d?" % (unit - 0x10000 if unit > 0x7FFF else unit) for unit in units) + b"}"
    assert RtfReader().read("a.rtf", made).text == "x" + text


def code_of(data, name="a.doc", tmp=None):
    path = tmp / name
    path.write_bytes(data)
    with pytest.raises(Unreadable) as raised:
        read(path)
    assert name in str(raised.value) and raised.value.todo
    return raised.value


def changed(at, data):
    """The .doc fixture with other bytes in its main stream."""
    whole = bytearray((FIXTURES / "rich.doc").read_bytes())
    with olefile.OleFileIO(io.BytesIO(bytes(whole))) as ole:
        main = ole.openstream("WordDocument").read()
    start = bytes(whole).find(main[:512])
    whole[start + at:start + at + len(data)] = data
    return bytes(whole)


def renamed(name):
    whole = (FIXTURES / "rich.doc").read_bytes()
    at = whole.find("WordDocument".encode("utf-16-le"))
    coded = name.encode("utf-16-le")
    return whole[:at] + coded.ljust(64, b"\0") + (len(coded) + 2).to_bytes(2, "little") + whole[at + 66:]


def test_what_cannot_be_read_has_one_message(tmp_path):
    old = code_of(changed(2, b"\x68\0"), tmp=tmp_path)
    assert old.code == "E13" and "Word 95" in old.seen and ".docx" in old.todo
    locked = code_of(changed(0x0B, b"\x13"), tmp=tmp_path)
    assert locked.code == "E13" and "encrypted" in locked.seen and "password" in locked.todo
    assert "encrypted" in code_of(renamed("EncryptedPackage"), "a.docx", tmp_path).seen
    assert code_of(renamed("Workbook"), tmp=tmp_path).code == "E05"
    assert code_of(renamed("Nothing"), tmp=tmp_path).code == "E13"
    assert code_of((FIXTURES / "rich.doc").read_bytes()[:5000], tmp=tmp_path).code == "E13"
    assert code_of(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(3000), tmp=tmp_path).code == "E13"
    assert code_of(b"{\\rtf1\\ansi {\\pict 00}}", tmp=tmp_path).code == "E03"
    sheet = zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": ""})
    assert code_of(sheet, tmp=tmp_path).code == "E05"
    secret = zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "x",
                     "META-INF/manifest.xml": "<manifest:encryption-data/>"})
    assert "encrypted" in code_of(secret, tmp=tmp_path).seen
    deep = b"{\\rtf1" + b"{\\footnote x" * 50 + b"}" * 51
    assert code_of(deep, tmp=tmp_path).code == "E14"
    assert code_of(b"{\\rtf1\\intbl\\itap999999 x\\par}", tmp=tmp_path).code == "E14"


def test_a_page_in_one_file_that_is_called_doc(tmp_path):
    page = "<html><body><p>县妇联接访238件</p></body></html>"
    for encoding, coded in (("8bit", page.encode()), ("base64", base64.encodebytes(page.encode())),
                            ("quoted-printable", quopri.encodestring(page.encode()))):
        path = tmp_path / "总结.doc"
        path.write_bytes(b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"x\"\r\n\r\n--x\r\n"
                         b"Content-Type: text/html; charset=\"utf-8\"\r\nContent-Transfer-Encoding: " + encoding.encode()
                         + b"\r\n\r\n" + coded + b"\r\n--x--\r\n")
        source = read(path)
        assert source.format == "mhtml" and "县妇联接访238件" in source.text
    empty = b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Type: image/gif\n\nGIF8\n--x--\n"
    assert code_of(empty, tmp=tmp_path).code == "E05"


def test_a_binary_file_sniffs_as_one():
    assert DocReader().sniff((FIXTURES / "rich.doc").read_bytes()[:1024])
