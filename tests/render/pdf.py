"""PDF with a text layer, set the ways a summary is set."""

from __future__ import annotations

from html import escape
from io import BytesIO

from render import fonts
from render.base import File, Gold, Part

FURNITURE = "妇联工作简报第7期内部资料共页—-0123456789其中 "


def plain(gold: Gold) -> list[File]:
    """A4, one column, the font inside."""
    return _made(gold, _flow(gold, _embedded(gold), 14))


def columns(gold: Gold) -> list[File]:
    """The title over two columns, as in a bulletin."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import BaseDocTemplate, Frame, FrameBreak, NextPageTemplate, PageTemplate

    held = BytesIO()
    document = BaseDocTemplate(held, pagesize=A4, title=gold.title)
    wide, high = A4
    head = Frame(50, high - 130, wide - 100, 80, id="head")
    first = [Frame(50 + at * (wide / 2 - 40), 50, wide / 2 - 60, high - 190) for at in (0, 1)]
    later = [Frame(50 + at * (wide / 2 - 40), 50, wide / 2 - 60, high - 100) for at in (0, 1)]
    document.addPageTemplates([PageTemplate("first", [head, *first]), PageTemplate("later", later)])
    title, *rest = _flow(gold, _embedded(gold), 10.5)
    document.build([NextPageTemplate("later"), title, FrameBreak(), *rest])
    return [File(f"{gold.name}.pdf", held.getvalue())]


def headed(gold: Gold) -> list[File]:
    """A running head, a foot with the page number, paragraphs that go on over the page."""
    font = _embedded(gold)

    def furnish(canvas, document) -> None:
        canvas.setFont(font, 9)
        canvas.drawString(72, 800, "妇联工作简报")
        canvas.drawRightString(523, 800, "2019年第7期")
        canvas.line(72, 795, 523, 795)
        canvas.drawCentredString(297, 40, f"— {document.page} —")
        canvas.drawRightString(523, 40, f"第 {document.page} 页 共 12 页")

    return _made(gold, _flow(gold, font, 16), furnish)


def ruled(gold: Gold) -> list[File]:
    """Tables with ruled cells and a merged head that go on over the page; where there is none, a form of heading and text."""
    from reportlab.platypus import CondPageBreak, Spacer

    font, flow, form = _embedded(gold), [], []
    for part in gold.parts():
        if part.rows:
            flow += [CondPageBreak(700), Spacer(1, 560), _statistics(part, font)]
        elif part.kind == "body" and part.level == 0 and form and form[-1].kind == "heading":
            flow[-1] = _form(form[-1], part, font)
        else:
            flow += _paragraphs([part], font, 14)
        form.append(part)
    return _made(gold, flow)


def narrow(gold: Gold) -> list[File]:
    """A dozen characters a line, so that numbers are cut by its end; the font is only named."""
    return _made(gold, _flow(gold, fonts.register_named(), 14), page=(260, 420), margin=40)


def _embedded(gold: Gold) -> str:
    return fonts.register(gold.text + FURNITURE)


def _style(font: str, size: float, part: Part):
    from reportlab.lib.enums import TA_CENTER, TA_LEFT
    from reportlab.lib.styles import ParagraphStyle

    title = part.kind == "title"
    return ParagraphStyle(part.kind, fontName=font, fontSize=size + 4 * title, leading=(size + 4 * title) * 1.6, wordWrap="CJK",
                          alignment=TA_CENTER if title else TA_LEFT, firstLineIndent=0 if title else 2 * size, spaceAfter=4 * title)


def _paragraphs(parts: list[Part], font: str, size: float) -> list:
    from reportlab.platypus import Paragraph

    return [_grid(part.rows, font, 9) if part.rows else Paragraph(escape(part.text), _style(font, size, part)) for part in parts]


def _flow(gold: Gold, font: str, size: float) -> list:
    return _paragraphs(gold.parts(), font, size)


def _grid(rows, font: str, size: float, spans=(), head: int = 1, **how):
    from reportlab.platypus import Table

    return Table([list(row) for row in rows], repeatRows=head, hAlign="CENTER", style=[
        ("FONT", (0, 0), (-1, -1), font, size), ("GRID", (0, 0), (-1, -1), 0.5, "black"), ("ALIGN", (0, 0), (-1, -1), "CENTER"),
        ("LEFTPADDING", (0, 0), (-1, -1), 3), ("RIGHTPADDING", (0, 0), (-1, -1), 3), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), *spans], **how)


def _statistics(part: Part, font: str):
    """A head of two lines: the first two cells stand over both, the others under 其中."""
    head, wide = part.rows[0], max(map(len, part.rows))
    rows = [[*head[:2], "其中", *[""] * (wide - 3)], ["", "", *head[2:]], *part.rows[1:]]
    return _grid(rows, font, 10.5, [("SPAN", (0, 0), (0, 1)), ("SPAN", (1, 0), (1, 1)), ("SPAN", (2, 0), (-1, 0))], 2)


def _form(heading: Part, body: Part, font: str):
    from reportlab.platypus import Paragraph, Table

    style = _style(font, 12, body)
    style.firstLineIndent = 0
    cells = [[Paragraph(escape(part.text), style) for part in (heading, body)]]
    return Table(cells, colWidths=(110, 340), style=[("GRID", (0, 0), (-1, -1), 0.5, "black"), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")])


def _made(gold: Gold, flow: list, furnish=None, page=(595.27, 841.89), margin: float = 72) -> list[File]:
    from reportlab.platypus import SimpleDocTemplate

    held = BytesIO()
    document = SimpleDocTemplate(held, pagesize=page, title=gold.title, leftMargin=margin, rightMargin=margin, topMargin=margin,
                                 bottomMargin=margin)
    document.build(flow, **({"onFirstPage": furnish, "onLaterPages": furnish} if furnish else {}))
    return [File(f"{gold.name}.pdf", held.getvalue())]
