"""RTF, written by hand: as WordPad saves it in code page 936, and as Word saves it with Unicode escapes."""

from __future__ import annotations

from render.base import File, Gold, Part, split_numbers, wrong

HEAD = (r"{\rtf1\ansi\ansicpg936\deff0\deflang1033\deflangfe2052{\fonttbl{\f0\fnil\fcharset134 \'cb\'ce\'cc\'e5;}"
        r"{\f1\froman\fcharset0 Times New Roman;}}" "\r\n" r"{\colortbl ;\red0\green0\blue0;}" "\r\n"
        r"{\*\generator Msftedit 5.41.15.1515;}\viewkind4\uc1\pard\lang2052\f0\fs28 ")
TITLE = r"{\info{\title 2019\'c4\'ea 999\'bc\'fe}{\author \'d5\'c5}{\creatim\yr2019\mo12\dy31}{\nofpages3}{\nofwords1234}}"


def plain(gold: Gold) -> list[File]:
    """Unicode escapes, each with a question mark for old readers."""
    body = "\\par\r\n".join(_lines(gold.parts(), _unicode))
    return [File(f"{gold.name}.rtf", (HEAD + body + "\\par\r\n}").encode("ascii"))]


def awkward(gold: Gold) -> list[File]:
    """Bytes of GBK as escapes, numbers in runs of their own font, deleted and hidden text, a header, real tables."""
    header = r"{\header \pard\qr " + _bytes("霍山文件 第7期") + r"\par}{\footer \pard\qc - {\field{\*\fldinst PAGE}{\fldrslt 3}} -\par}"
    body = "\\par\r\n".join(_lines(gold.parts(), lambda text: _runs(gold, text)))
    return [File(f"{gold.name}.rtf", (HEAD + TITLE + header + body + "\\par\r\n}").encode("ascii"))]


def _lines(parts: list[Part], write) -> list[str]:
    return [_table(part, write) if part.rows else (r"\pard\qc " if part.kind == "title" else r"\pard ") + write(part.text)
            for part in parts]


def _table(part: Part, write) -> str:
    rows = []
    for row in part.rows:
        edges = "".join(rf"\cellx{1500 * at}" for at in range(1, len(row) + 1))
        rows.append(rf"\trowd\trgaph108{edges}" + "".join(r"\pard\intbl " + write(cell) + r"\cell" for cell in row) + r"\row")
    return "\r\n".join(rows) + r"\pard"


def _runs(gold: Gold, text: str) -> str:
    made = []
    for piece in split_numbers(text, gold.dice):
        made.append(r"{\f1\b0 " + _bytes(piece) + "}")
    if len(made) > 2:
        made.insert(1, r"{\v " + wrong("186") + _bytes("件") + r"}{\deleted " + wrong("52") + _bytes("人次") + "}")
    return "".join(made)


def _bytes(text: str) -> str:
    made = []
    for char in text:
        if char < "\x80":
            made.append("\\" + char if char in "\\{}" else char)
        else:
            coded = char.encode("gbk", "ignore")
            made.append("".join(f"\\'{byte:02x}" for byte in coded) if coded else _unicode(char))
    return "".join(made)


def _unicode(text: str) -> str:
    made = []
    for char in text:
        code = ord(char)
        if code < 128:
            made.append("\\" + char if char in "\\{}" else char)
        else:
            made.append(f"\\u{code if code < 32768 else code - 65536}?")
    return "".join(made)
