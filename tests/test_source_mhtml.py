"""Pages saved as one file: the page inside, in any transfer encoding, under any name."""

import base64
import quopri
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wqnlp.errors import Unreadable
from wqnlp.pipeline import run
from wqnlp.source import read
from wqnlp.source.mhtml import MhtmlReader

PAGE = '<html><head><meta charset={0}><title>江平县妇联2014年工作总结</title></head><body><h1>江平县妇联2014年工作总结</h1>' \
       "<p>全年共接待来信来访286件，办结280件，办结率为97.9%。</p></body></html>"
TEXT = "江平县妇联2014年工作总结\n全年共接待来信来访286件，办结280件，办结率为97.9%。"


def archive(*parts, head="From: <由 Windows Internet Explorer 8 保存>\r\nSubject: =?gb2312?B?ytA=?=\r\n", kind="multipart/related"):
    """An archive of parts of (headers, transfer encoding, bytes)."""
    made = f'{head}MIME-Version: 1.0\r\nContent-Type: {kind};\r\n\ttype="text/html";\r\n\tboundary="----=_P"\r\n\r\nmulti-part\r\n'.encode()
    for headers, way, data in parts:
        body = base64.encodebytes(data) if way == "base64" else quopri.encodestring(data) if way == "quoted-printable" else data
        made += f"\r\n------=_P\r\n{headers}\r\nContent-Transfer-Encoding: {way}\r\n\r\n".encode() + body
    return made + b"\r\n------=_P--\r\n"


@pytest.mark.parametrize("way", ["base64", "quoted-printable", "8bit"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("told", ["", '; charset="gb2312"', "; charset=utf-8", "; charset=nonsense"])
def test_the_page_in_an_archive(tmp_path, way, encoding, told):
    path = tmp_path / "总结.doc"
    path.write_bytes(archive((f"Content-Type: text/html{told}", way, PAGE.format("gb2312").encode(encoding)),
                             ("Content-Type: image/gif", "base64", b"GIF89a")))
    source = read(path)
    assert (source.text, source.format) == (TEXT, "mhtml")
    assert source.place_of(20, 25).node == "/html/body/p[1]"


def test_the_part_that_the_archive_names_comes_first(tmp_path):
    other = "<html><p>请升级您的浏览器，本页共有12条提示。</p></html>".encode()
    path = tmp_path / "a.mht"
    path.write_bytes(archive(("Content-Type: text/html\r\nContent-Location: http://a.cn/ad.htm", "8bit", other),
                             ("Content-Type: text/html\r\nContent-Location: http://a.cn/1.htm", "8bit", PAGE.format("utf-8").encode()),
                             head="From: <Saved by Blink>\r\nSnapshot-Content-Location: http://a.cn/1.htm\r\n"))
    assert read(path).text == TEXT


def test_a_set_of_frames_gives_the_frame_with_text(tmp_path):
    frames = b"<html><frameset cols=20%,*><frame src=a.htm><frame src=b.htm></frameset></html>"
    path = tmp_path / "a.mht"
    path.write_bytes(archive(("Content-Type: text/html", "8bit", frames),
                             ("Content-Type: text/html", "8bit", PAGE.format("utf-8").encode())))
    assert read(path).text == TEXT


def test_the_figures_of_an_archive(tmp_path):
    path = tmp_path / "a.mht"
    path.write_bytes(archive(("Content-Type: text/html", "quoted-printable", PAGE.format("gb2312").encode("gb18030"))))
    made = run(path)
    assert [figure.text for figure in made.figures] == ["286件", "280件", "97.9%"] and made.documents[0].year == 2014


@pytest.mark.parametrize(("data", "code"), [
    (archive(("Content-Type: image/gif", "base64", b"GIF89a")), "E05"), (archive(("Content-Type: text/html", "base64", b"")), "E03"),
    (archive(("Content-Type: text/html", "8bit", b"<html></html>")), "E03"),
    ((b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=0\r\n\r\n--0\r\n"
      + b"".join(b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (n, n) for n in range(1, 3000))), "E05"),
])
def test_archives_without_a_page(tmp_path, data, code):
    path = tmp_path / "a.mht"
    path.write_bytes(data)
    with pytest.raises(Unreadable) as raised:
        read(path)
    assert raised.value.code == code and str(path) in str(raised.value) and raised.value.todo


def test_a_text_that_speaks_of_mime_is_a_text(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("县妇联总结：接待280件\nMIME-Version: 1.0\n", "utf-8")
    assert read(path).format == "text"


def read_or_refused(data):
    try:
        assert MhtmlReader().read("x", data).text.strip()
    except Unreadable as refused:
        assert refused.code in ("E03", "E05", "E06")


def test_mutated_archives():
    rng, whole = random.Random(3), archive(("Content-Type: text/html; charset=gb2312", "base64", PAGE.format("gbk").encode("gb18030")))
    for _ in range(300):
        made = bytearray(whole)
        for _ in range(rng.randint(1, 10)):
            at = rng.randrange(len(made))
            made[at:at + rng.randint(0, 9)] = bytes(rng.randrange(256) for _ in range(rng.randint(0, 9)))
        read_or_refused(bytes(made))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_random_archives(data):
    read_or_refused(b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n" + data)
