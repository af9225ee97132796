"""Web pages: one as it should be, and one as sites that share documents make them."""

from __future__ import annotations

import quopri
from html import escape

from render.base import NUMBER, File, Gold, Part, numbered, split_numbers, wrong

SITE = "第一范文网"
NAVIGATION = ("首页", "工作总结", "年终总结(1523)", "心得体会(846)", "入党申请书", "演讲稿(2300)", "会员中心")
RELATED = ("2012年县妇联维权工作总结", "妇联信访工作总结5篇", "镇妇联上半年接待来访63人次工作小结", "维权周活动总结（精选12篇）")


def plain(gold: Gold) -> list[File]:
    """A page of HTML5 in UTF-8 that says so."""
    body = "\n".join(_plain_part(part) for part in gold.parts())
    page = (f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(gold.title)}</title></head>\n'
            f"<body>\n<article>\n{body}\n</article>\n</body></html>\n")
    return [File(f"{gold.name}.html", page.encode("utf-8"))]


def awkward(gold: Gold) -> list[File]:
    """Navigation, advertisements, counters, hidden and struck text, numbers in pieces, and a charset that is a lie.

    Every second summary is UTF-8 called gb2312, the others are GBK called utf-8.
    """
    utf8 = int(gold.name[-1]) % 2 == 0
    page = _site(gold, _body(gold, gold.parts()), "gb2312" if utf8 else "utf-8")
    return [File(f"{gold.name}.html", page.encode("utf-8") if utf8 else page.encode("gb18030"))]


def two_pages(gold: Gold) -> list[File]:
    """One article on two pages of a site, each with its head, its furniture and the way to the other."""
    parts = gold.parts()
    half = len(parts) // 2
    made = []
    for number, own in enumerate((parts[:half], [parts[0], *parts[half:]]), 1):
        body = _body(gold, own) + (f'<div class="pages"><a href="{gold.name}.html">上一页</a> <a href="{gold.name}.html">1</a> '
                                   f'<a href="{gold.name}_2.html">2</a> <a href="{gold.name}_2.html">下一页</a></div>')
        name = f"{gold.name}.html" if number == 1 else f"{gold.name}_2.html"
        made.append(File(name, _site(gold, body, "utf-8").encode("utf-8")))
    return made


def mht(gold: Gold) -> list[File]:
    """A page as a browser saved it in one file: quoted-printable GBK beside a picture."""
    page = _site(gold, _body(gold, gold.parts()), "gb2312").encode("gb18030")
    text = quopri.encodestring(page).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    head = ("From: <Saved by Windows Internet Explorer 8>\r\nSubject: =?gb2312?B?ufrEvszh?=\r\n"
            "Date: Tue, 31 Dec 2019 09:00:00 +0800\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n"
            '\ttype="text/html";\r\n\tboundary="----=_NextPart_000_0000_01D5BF9B"\r\n\r\n'
            "This is a multi-part message in MIME format.\r\n\r\n------=_NextPart_000_0000_01D5BF9B\r\n"
            'Content-Type: text/html;\r\n\tcharset="gb2312"\r\nContent-Transfer-Encoding: quoted-printable\r\n'
            "Content-Location: http://www.example.com/zongjie/186.html\r\n\r\n").encode("ascii")
    picture = (b"\r\n------=_NextPart_000_0000_01D5BF9B\r\nContent-Type: image/gif\r\nContent-Transfer-Encoding: base64\r\n"
               b"Content-Location: http://www.example.com/dot.gif\r\n\r\nR0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
               b"\r\n\r\n------=_NextPart_000_0000_01D5BF9B--\r\n")
    return [File(f"{gold.name}.mht", head + text + picture)]


def _plain_part(part: Part) -> str:
    if part.rows:
        rows = "\n".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in part.rows)
        return f"<table>\n{rows}\n</table>"
    tag = {"title": "h1", "heading": f"h{part.level + 1}"}.get(part.kind, "p")
    return f"<{tag}>{escape(part.text)}</{tag}>"


def _site(gold: Gold, body: str, charset: str) -> str:
    title = escape(gold.title)
    links = "".join(f'<li><a href="/{at}/">{word}</a></li>' for at, word in enumerate(NAVIGATION))
    related = "".join(f'<li><a href="/{at}.html">{word}</a><span class="hits">{at * 317 + 96}</span></li>'
                      for at, word in enumerate(RELATED))
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head>
<meta http-equiv="Content-Type" content="text/html; charset={charset}" />
<title>{title}_{SITE}</title><meta name="keywords" content="维权工作总结,妇联,2019年999件" />
<style type="text/css">.c {{ width: 960px }} /* 宽960像素 */</style>
<script>var hits = 1523; document.write("<p>共有999件</p>");</script></head>
<body><!-- 2019-12-31 共接待888件 -->
<div id="top"><a href="/login">登录</a> | <a href="/reg">注册</a><ul class="nav">{links}</ul></div>
<div class="crumb">当前位置：<a href="/">首页</a> &gt; <a href="/gzzj/">工作总结</a> &gt; 正文</div>
<div class="c"><div class="left"><div><div>
<h1>{title}</h1>
<div class="info">时间：2019-12-31 09:15:23　来源：{SITE}　浏览次数：<span id="hits">1523</span>次　字体：【大 中 小】</div>
<div class="ad"><p>开通VIP会员免费下载，今日已有3268人加入</p></div>
<div id="content" class="content">
{body}
<p>本文来源：{SITE} <a href="http://www.example.com">www.example.com</a></p></div>
<div class="share">分享到：微信 微博 QQ空间 <b>27</b></div>
<div class="prev">上一篇：<a href="/1.html">市妇联2013年信访工作总结</a><br/>下一篇：<a href="/2.html">妇联维权工作总结范文3000字</a></div>
</div></div></div><div class="right"><h3>相关文章</h3><ul>{related}</ul><h3>热门下载</h3><ol><li>下载量 5210 次</li></ol></div></div>
<div id="foot">Copyright © 2009-2019 {SITE} 版权所有 京ICP备12345678号 在线人数：412人</div>
</body></html>
"""


def _body(gold: Gold, parts: list[Part]) -> str:
    """The paragraphs: lists that count for themselves, numbers in spans, hidden and struck text between them."""
    made, numbers, hidden = [], list(numbered(parts[1:])), False
    for at, (part, mark) in enumerate(numbers):
        if part.rows:
            made.append(_table(part))
        elif part.level == 3 and mark:
            before = at and numbers[at - 1][0].level == 3
            after = at + 1 < len(numbers) and numbers[at + 1][0].level == 3
            made.append(("" if before else "<ol>") + f"<li>{_broken(gold, part.text[len(mark):])}</li>" + ("" if after else "</ol>"))
        else:
            made.append(f'<div><p style="text-indent:2em"><font face="宋体">　　{_broken(gold, part.text)}</font></p></div>')
        found = NUMBER.search(part.text)
        if part.kind == "body" and not hidden and found and len(found[0]) > 1:
            hidden = True
            made.append(f'<p style="display:none">{escape(wrong(part.text))}</p>')
            made.append('<div class="ad"><script>show(728, 90);</script><noscript>点击下载文档 共5页</noscript></div>')
    return "\n".join(made)


def _broken(gold: Gold, text: str) -> str:
    pieces = split_numbers(text, gold.dice)
    made = escape(pieces[0])
    for at, piece in enumerate(pieces[1:]):
        made += f'<span style="font-family:Times">{escape(piece)}</span>' if at % 2 else "<!-- -->" + escape(piece)
    return made.replace("，", "，\n", 1).replace("“", "&ldquo;").replace("”", "&rdquo;").replace("·", "&middot;")


def _table(part: Part) -> str:
    """A head of two lines whose cells span columns and rows."""
    head, wide = part.rows[0], max(map(len, part.rows))
    first = "".join(f'<td rowspan="2">{escape(cell)}</td>' for cell in head[:2]) + f'<td colspan="{wide - 2}">其中</td>'
    lines = [first, "".join(f"<td>{escape(cell)}</td>" for cell in head[2:])]
    lines += ["".join(f"<td><p>&nbsp;{escape(cell)}</p></td>" for cell in row) for row in part.rows[1:]]
    return '<table border="1"><tbody>' + "".join(f"<tr>{line}</tr>" for line in lines) + "</tbody></table>"
