"""PDFs for tests, written with reportlab: pages of placed lines, and flowing pages with tables."""

import io

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
FONT, SIZE = "STSong-Light", 12
BODY = ParagraphStyle("body", fontName=FONT, fontSize=SIZE, leading=20, firstLineIndent=24, wordWrap="CJK")
TITLE = ParagraphStyle("title", fontName=FONT, fontSize=18, leading=30, alignment=1, wordWrap="CJK")
RULED = [("FONT", (0, 0), (-1, -1), FONT, 11), ("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]


def placed(*pages, encrypt=None, rotate=0):
    """Pages of `(x, y from above, text)` or `(x, y, text, size)`."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, encrypt=encrypt)
    for page in pages:
        canvas.setPageRotation(rotate)
        for x, y, text, *size in page:
            canvas.setFont(FONT, size[0] if size else SIZE)
            canvas.drawString(x, A4[1] - y, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def flowing(*parts, every=None):
    """Paragraphs (the first is the title) and tables `(rows, styles)` or `(rows, styles, keywords)`; `every` draws
    on each page."""
    out, made = io.BytesIO(), []
    for part in parts:
        if isinstance(part, str):
            made.append(Paragraph(part, BODY if made else TITLE))
        else:
            rows, styles, *more = part
            made.append(Table(rows, style=[*RULED, *styles], **(more[0] if more else {})))
    SimpleDocTemplate(out, pagesize=A4).build(made, onFirstPage=every or _nothing, onLaterPages=every or _nothing)
    return out.getvalue()


def _nothing(canvas, document):
    pass


def header_and_footer(header, footer):
    """A drawing of a header and a footer; `footer` is given the page's number."""
    def draw(canvas, document):
        canvas.setFont(FONT, 9)
        canvas.drawCentredString(A4[0] / 2, A4[1] - 40, header)
        canvas.drawCentredString(A4[0] / 2, 30, footer(document.page))
    return draw
