"""Letters with a summary in them, as mail programs save them."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP

from render import docx, html
from render.base import File, Gold

COVER = "张主任：\n　　您好！现将今年的工作总结报上，请审阅。\n　　此致\n敬礼\n"
DOCX = ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document")


def attached(gold: Gold) -> list[File]:
    """A short letter, the summary attached as a Word document."""
    letter = _letter(gold)
    letter.set_content(COVER, charset="utf-8")
    letter.add_attachment(docx.plain(gold)[0].data, *DOCX, filename=f"{gold.name} 工作总结.docx")
    return [File(f"{gold.name}.eml", letter.as_bytes(policy=SMTP))]


def forwarded(gold: Gold) -> list[File]:
    """A letter that holds a letter: the summary is its body, once as GBK text and once as HTML, beside a vcard."""
    inner = _letter(gold)
    inner.set_content(gold.text, charset="gb18030", cte="base64")
    page = html.plain(gold)[0].data.decode().replace("utf-8", "gb2312")
    inner.add_alternative(page, subtype="html", charset="gb18030", cte="quoted-printable")
    outer = _letter(gold)
    outer.replace_header("Subject", "转发：" + str(outer["Subject"]))
    outer.set_content("转发给你，收到请回复。", charset="gb18030", cte="base64")
    outer.add_attachment(inner)
    outer.add_attachment("BEGIN:VCARD\r\nTEL:05640186186\r\nEND:VCARD\r\n", "x-vcard", filename="名片.vcf")
    return [File(f"{gold.name}.eml", outer.as_bytes(policy=SMTP))]


def _letter(gold: Gold) -> EmailMessage:
    letter = EmailMessage(policy=SMTP)
    letter["From"] = "妇联办公室 <office@example.com>"
    letter["To"] = "权益部 <rights@example.com>"
    letter["Subject"] = f"报送{gold.title}（共3页，12件）"
    letter["Date"] = "Tue, 31 Dec 2019 09:15:00 +0800"
    letter["Message-ID"] = f"<{gold.name}@example.com>"
    return letter
