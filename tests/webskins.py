# ruff: noqa: E501
"""Texts as the pages of eight kinds of site: markup, furniture and traps as such sites have them; all of our own making."""

import html
import random
import re

ALSO = ["邻县妇联2012年接待来访1,532件次", "青阳县妇联工作总结：调解纠纷417起", "全市妇联系统受理信访2,318件",
        "县妇联2011年维权工作总结", "“三八”维权周发放资料8.6万份"]
TEASERS = ["全年共接待来信来访932件，其中婚姻家庭类614件，占65.8%，办结率达……", "受理群众来访1,204件次，为76名妇女追回抚养费38.5万元...",
           "开展普法宣传219场，受教育妇女达3.4万人次，发放资料5万份……"]
COMMENTS = ["我们县去年也接待了1,377件来访，比你们多。", "写得好，下载了，我们有43件家暴案件也办结了。"]


def rows_of(text):
    """A text as blocks: a string a paragraph, a list of rows a table."""
    blocks = []
    for line in text.splitlines():
        cells = re.split(r" \| |\t", line)
        if len(cells) > 2:
            if not blocks or isinstance(blocks[-1], str):
                blocks.append([])
            blocks[-1].append(cells)
        elif line.strip():
            blocks.append(line)
    return blocks


def table(rows, attributes="", cell=""):
    shown = "".join("<tr>" + "".join(f"<td{cell}>{html.escape(c)}</td>" for c in row) + "</tr>\n" for row in rows)
    return f"<table{attributes}><tbody>\n{shown}</tbody></table>\n"


def paragraphs(blocks, before="<p>", after="</p>\n", write=html.escape, **of_table):
    return "".join(table(b, **of_table) if isinstance(b, list) else before + write(b) + after for b in blocks)


def government(text, rng):
    """A government site: breadcrumb, meta line with counters, TRS editor with styles in every span, QR code, footer."""
    title, *blocks = rows_of(text)

    def styled(line):
        return "".join(f'<span style="font-size: 16pt; font-family: 仿宋_GB2312">{html.escape(part)}</span>'
                       for part in cut(line, rng, 12))

    body = paragraphs(blocks, '<p style="text-indent: 2em; line-height: 28pt;">', "</p>\r\n", styled,
                      attributes=' border="1" cellspacing="0" class="MsoTableGrid"', cell=' style="border:1px"')
    links = "".join(f'<li><a href="./{n}.html">{name}</a><span>2013-0{n + 1}-12</span></li>' for n, name in enumerate(ALSO))
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312" />
<title>{title}-江平县人民政府网</title><style>.hid{{display:none}} @media print {{ .TRS_Editor{{display:none}} }}</style>
<script type="text/javascript">var total = 12345; document.write("<p>浏览 12345 次，接待来访99件</p>");</script></head><body>
<div class="top"><div class="welcome">今天是2015年1月20日 星期二 欢迎访问江平县人民政府网站！</div><ul class="nav">
<li><a href="/">首页</a></li><li><a href="/zw">政务公开</a></li><li><a href="/fw">办事服务</a></li></ul></div>
<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="/zw">政务公开</a> &gt; <a href="/zj">工作总结</a> &gt; 正文</div>
<div id="content"><h1>{title}</h1><div class="info">发布时间：2015-01-06 09:12&nbsp;&nbsp;来源：江平县妇联&nbsp;&nbsp;浏览次数：<span
id="hits">1234</span>次&nbsp;&nbsp;【字号：<a href="javascript:f(16)">大</a> <a href="javascript:f(14)">中</a> <a
href="javascript:f(12)">小</a>】</div><div class="TRS_Editor">{body}</div><p class="hid">本页已被转发4567次，受理1000件。</p>
<div>[<a href="javascript:window.print()">打印本页</a>] [<a href="javascript:window.close()">关闭窗口</a>]</div></div>
<div class="xgxx"><h3>相关信息</h3><ul>{links}</ul></div>
<div id="foot"><p>主办：江平县人民政府办公室 承办：江平县信息中心</p><p>地址：江平县城关镇人民路18号 邮编：237200 电话：0564-5022345</p>
<p>皖ICP备05012345号 网站标识码：3415250001 您是第1234567位访问者</p></div></body></html>"""


def portal(text, rng):
    """A news portal of div and article, with teasers beside it, ranks, share bar, comments, linked words."""
    title, *blocks = rows_of(text)

    def linked(line):
        return re.sub("妇联", '<a href="/tag/fulian" target="_blank">妇联</a>', html.escape(line), count=1)

    teasers = "".join(f'<li><h4><a href="/n/{n}.html">{a}</a></h4><p>{b}</p></li>' for n, (a, b) in enumerate(zip(ALSO, TEASERS, strict=False)))
    ranks = "".join(f'<li><em>{n + 1}</em><a href="/h/{n}.html">{a}</a><i>{9000 - n * 321}阅读</i></li>' for n, a in enumerate(ALSO))
    comments = "".join(f'<div class="item"><span>网友{n}</span><p>{c}</p><span>顶(12) 踩(3)</span></div>' for n, c in enumerate(COMMENTS))
    return f"""<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}_巾帼新闻_江平新闻网</title>
<meta name="keywords" content="妇联,维权"><style>.app-only{{display:none}}</style></head><body>
<header class="site-header"><nav><a href="/">首页</a><a href="/n">新闻</a><a href="/v">视频</a><a href="/login">登录</a></nav></header>
<div class="crumbs"><a href="/">江平新闻网</a> / <a href="/women">巾帼</a> / 正文</div>
<main><article><h1 class="headline">{title}</h1><div class="meta"><time>2015-01-06 10:20:31</time> 来源：<a href="http://x.cn">江平日报</a>
作者：王晓 阅读 10.2万+ 评论 36</div><div class="share">分享到：<a href="#wb">微博</a><a href="#wx">微信</a></div>
<div class="article-content">{paragraphs(blocks, write=linked)}</div>
<div class="app-only">打开APP查看全文，已有12000人下载</div><p>（责任编辑：admin）</p></article>
<section><h3>相关阅读</h3><ul>{teasers}</ul></section><section class="comment-list"><h3>网友评论(36)</h3>{comments}</section></main>
<aside><h3>阅读排行</h3><ol>{ranks}</ol></aside>
<footer><p>江平新闻网版权所有 新闻热线：0564-5022111 广告热线：0564-5022112</p><p>Copyright © 2015 All Rights Reserved</p></footer></body></html>"""


def sharing(text, rng):
    """A document-sharing site: spans against copying between the characters, reader frame, price, related documents."""
    title, *blocks = rows_of(text)

    def guarded(line):
        junk = ['<span style="display:none">8</span>', '<span class="wm">www.doc88x.com</span>', '<b hidden>0</b>',
                '<font style="font-size:0px;color:#fff">第3页</font>', "&#8203;", "<wbr>",
                '<span style="position:absolute;left:-9999px">57</span>']
        return "".join(html.escape(part) + rng.choice(junk) for part in cut(line, rng, 9))

    also = "".join(f'<div class="doc"><a href="/p-{n}.html">{a}.doc</a><span>{n + 2}页</span><span>{n * 37 + 12}次下载</span></div>'
                   for n, a in enumerate(ALSO))
    return f"""<html><head><meta http-equiv="content-type" content="text/html;charset=utf-8"/><title>{title} - 豆文库</title>
<style type="text/css">.wm {{ display: none; }} .page {{ display:block }}</style></head><body><div class="header"><input value="12件"/>
<a href="/">豆文库</a> <a href="/up">上传文档</a> <a href="/vip">VIP会员</a></div><div class="doc-title"><h1>{title}</h1></div>
<div class="doc-info">上传者：小王 2014-12-30 格式：DOC 页数：4 大小：36KB 浏览：1567 下载：23 评分：4.5</div>
<div class="reader"><div class="page" id="pf1"><div class="text">{paragraphs(blocks, '<div class="ln">', "</div>", guarded)}</div></div></div>
<div class="tip">剩余2页未读</div><div class="btns"><button>下载文档</button> 所需积分：5</div>
<div class="box"><div class="hd">猜你喜欢</div>{also}</div><p>本文档由用户上传分享</p><p>客服QQ：800012345</p>
<div class="copyright">©2010-2015 豆文库 京ICP备12345678号 联系电话：010-65103345</div></body></html>"""


def blog(text, rng):
    """A blog: title as a link, lines parted by br, tag list, calendar, archive counts."""
    title, *blocks = rows_of(text)
    body = "".join(table(b) if isinstance(b, list) else "&nbsp;&nbsp;&nbsp;&nbsp;" + html.escape(b) + "<br />\n<br />\n" for b in blocks)
    months = "".join(f'<li><a href="/2014/{m:02}">2014年{m}月</a> ({m * 3})</li>' for m in range(1, 13))
    return f"""<html><head><title>{title}｜王大姐的博客</title><meta charset="utf-8"></head><body><div id="wrapper"><div id="blogtitle">
<a href="/">王大姐的博客</a></div><div id="main"><div class="post"><h2 class="post-title"><a href="/post/88">{title}</a></h2>
<p class="post-meta">2015年1月6日 18:22 | 分类：工作 | 阅读(321) | 评论(4)</p><div class="entry">{body}</div>
<p class="tags">标签：<a href="/t/1">妇联</a> <a href="/t/2">总结</a></p><div>« <a href="/post/87">上一篇：2012年总结</a> | <a href="/post/89">下一篇：给300名儿童的信</a> »</div>
</div></div><div id="sidebar"><h3>归档</h3><ul>{months}</ul><h3>最新评论</h3><ul><li>李姐：{COMMENTS[0]}</li></ul>
<p>总访问量：123,456 人次</p></div></div></body></html>"""


def word(text, rng):
    """Word's “save as web page”: conditional comments, mso styles, o:p, numbers of lists, upper case nowhere, windows quotes."""
    title, *blocks = rows_of(text)

    def runs(line):
        return "".join(f"<span {'lang=EN-US ' if part.isascii() else ''}style='font-size:16.0pt;mso-bidi-font-size:\n12.0pt;"
                       f"font-family:仿宋_GB2312'>{html.escape(part)}</span>" for part in re.findall(r"[\x00-\x7f]+|[^\x00-\x7f]+", line))

    body = paragraphs(blocks, "<p class=MsoNormal style='text-indent:32.0pt;mso-char-indent-count:2.0'>", "<span\nlang=EN-US><o:p></o:p></span></p>\n\n",
                      runs, attributes=" class=MsoNormalTable border=1 style='border-collapse:collapse;mso-border-alt:solid'")
    return f"""<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"
xmlns:w="urn:schemas-microsoft-com:office:word"><head><meta http-equiv=Content-Type content="text/html; charset=gb2312">
<meta name=Generator content="Microsoft Word 11"><title>{title}</title><!--[if gte mso 9]><xml><o:DocumentProperties>
<o:Pages>4</o:Pages><o:Words>312</o:Words></o:DocumentProperties></xml><![endif]--><style><!-- /* Font Definitions */
@font-face {{font-family:宋体; panose-1:2 1 6 0 3 1 1 1 1 1;}} p.MsoNormal {{margin:0cm;}} @page Section1 {{size:595.3pt 841.9pt;}} --></style></head>
<body lang=ZH-CN style='tab-interval:21.0pt'><div class=Section1><p class=MsoNormal align=center style='text-align:center'><b>{runs(title)}</b></p>
{body}<![if !supportEmptyParas]>&nbsp;<![endif]></div></body></html>"""


def bare(text, rng):
    """A text file that a browser saved: one pre."""
    return f'<html><head></head><body><pre style="word-wrap: break-word; white-space: pre-wrap;">{html.escape(text)}</pre></body></html>'


def tables(text, rng):
    """A site of 2003: upper case, tables in tables, font, unclosed tags, counters at the foot, marquee."""
    title, *blocks = rows_of(text)
    body = "".join(table(b, " BORDER=1") if isinstance(b, list) else "　　" + html.escape(b) + "<BR>\n" for b in blocks)
    menu = "".join(f"<TR><TD><A HREF=list.asp?id={n}>{name}</A>" for n, name in enumerate(["组织机构", "工作动态", "维权之窗", "巾帼风采"]))
    return f"""<HTML><HEAD><META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=gb2312"><TITLE>江平妇联网</TITLE></HEAD>
<BODY BGCOLOR=#FFFFFF><MARQUEE>热烈庆祝“三八”国际妇女节九十五周年，表彰三八红旗手28名</MARQUEE><TABLE WIDTH=760 ALIGN=CENTER><TR><TD COLSPAN=2>
<IMG SRC=logo.gif ALT="妇联热线12338"><FONT SIZE=2>您现在的位置：<A HREF=/>江平妇联网</A>&gt;&gt;<A HREF=list.asp>工作总结</A></FONT><TR><TD WIDTH=160 VALIGN=TOP>
<TABLE>{menu}</TABLE><TD><TABLE WIDTH=100%><TR><TD ALIGN=CENTER><FONT COLOR=RED SIZE=4><B>{title}</B></FONT><TR><TD ALIGN=CENTER>
<FONT SIZE=2>作者：佚名　　文章来源：本站原创　　点击数：<SCRIPT SRC=hits.asp></SCRIPT>3456　　更新时间：2005-12-30</FONT>
<TR><TD><FONT SIZE=3>{body}</FONT><TR><TD ALIGN=RIGHT>【<A HREF=javascript:window.print()>打印此文</A>】【<A HREF=javascript:self.close()>关闭窗口</A>】
<TR><TD>上一篇文章：<A HREF=1.asp>{ALSO[3]}</A><BR>下一篇文章：<A HREF=3.asp>{ALSO[1]}</A></TABLE></TABLE>
<HR><CENTER><FONT SIZE=2>江平县妇女联合会 版权所有　电话：0564-5022345　您是第 12345 位访客<BR>建议使用1024×768分辨率浏览</FONT></CENTER></BODY></HTML>"""


def fragment(text, rng):
    """What an editor's field held: no html, no head; breaks and entities only, some of them escaped twice."""
    title, *blocks = rows_of(text)
    return f'<div style="text-align:center"><strong>{title}</strong></div>' + paragraphs(
        blocks, "<p>&amp;nbsp;&amp;nbsp;", "</p>", lambda line: "".join(
            f"&#x{ord(c):x};" if rng.random() < 0.1 and c > "\x7f" else html.escape(c) for c in line).replace("“", "&ldquo;").replace("”", "&rdquo;"))


SKINS = {"government": (government, "gb18030"), "portal": (portal, "utf-8"), "sharing": (sharing, "utf-8"),
         "blog": (blog, "utf-8"), "word": (word, "gb18030"), "bare": (bare, "utf-8"), "tables": (tables, "gb18030"),
         "fragment": (fragment, "utf-8")}


def render(skin, text, seed=0):
    """The bytes of a text as a page of a skin."""
    write, encoding = SKINS[skin]
    return write(text, random.Random(seed)).encode(encoding, "xmlcharrefreplace")


def cut(line, rng, about):
    """A line cut at any characters, inside numbers too."""
    parts = []
    while line:
        size = rng.randint(1, about)
        parts.append(line[:size])
        line = line[size:]
    return parts
