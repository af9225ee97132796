"""Word packages made by hand: a body in WordprocessingML and the parts it needs, as bytes."""

import io
import zipfile

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMES = (f'xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
         'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
         'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
         'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
         'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"')
KINDS = ("styles", "numbering", "footnotes", "endnotes")
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def part(name, inside):
    return f"{HEAD}<w:{name} {NAMES}>{inside}</w:{name}>"


def package(body, *, main="word/document.xml", kind="document.main", strict=False, **parts):
    """A package whose body holds `body`; `parts` are the insides of styles, numbering, footnotes, endnotes."""
    texts = {main: part("document", f"<w:body>{body}<w:sectPr/></w:body>")}
    texts |= {f"word/{name}.xml": part(name, inside) for name, inside in parts.items()}
    types = "".join(f'<Override PartName="/{name}" ContentType="application/vnd.openxmlformats-officedocument.'
                    f'wordprocessingml.{kind if name == main else name[5:-4]}+xml"/>' for name in texts)
    made = {"[Content_Types].xml": f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{types}</Types>',
            "_rels/.rels": relations({"officeDocument": main}),
            f"word/_rels/{main.rpartition('/')[2]}.rels": relations({name: f"{name}.xml" for name in parts}), **texts}
    if strict:
        made = {name: text.replace(W, STRICT).replace(OFFICE, "http://purl.oclc.org/ooxml/officeDocument/relationships")
                for name, text in made.items()}
    return zipped(made)


def relations(targets):
    rows = "".join(f'<Relationship Id="r{i}" Type="{OFFICE}/{kind}" Target="{target}"/>'
                   for i, (kind, target) in enumerate(targets.items()))
    return f'{HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{rows}</Relationships>'


def zipped(texts):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(zipfile.ZipInfo(name, (2012, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def t(text):
    return f'<w:t xml:space="preserve">{text}</w:t>'


def r(inside, properties=""):
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{inside if inside.startswith('<') else t(inside)}</w:r>"


def p(inside="", properties=""):
    """A paragraph of text, or of runs where it begins with a tag."""
    runs = inside if inside.startswith("<") or not inside else r(inside)
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{runs}</w:p>"


def item(text, level=0, number=1):
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def field(instruction, result=""):
    shown = f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{result}' if result else ""
    return (f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve">{instruction}</w:instrText></w:r>'
            f'{shown}<w:r><w:fldChar w:fldCharType="end"/></w:r>')


def level(index, form="decimal", text="%1.", start=1, more=""):
    return (f'<w:lvl w:ilvl="{index}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>{more}'
            f'<w:lvlText w:val="{text}"/></w:lvl>')


def numbering(*levels, more=""):
    return (f'<w:abstractNum w:abstractNumId="5">{"".join(levels)}</w:abstractNum>'
            f'<w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num>{more}')


def table(*rows):
    return f"<w:tbl><w:tblPr/>{''.join(rows)}</w:tbl>"


def row(*cells, properties=""):
    return f"<w:tr>{f'<w:trPr>{properties}</w:trPr>' if properties else ''}{''.join(cells)}</w:tr>"


def cell(inside, span=1, down=None):
    """A cell of one paragraph, or of blocks where it begins with a tag; `down` is "restart" or "continue"."""
    merge = "" if down is None else "<w:vMerge/>" if down == "continue" else '<w:vMerge w:val="restart"/>'
    blocks = inside if inside.startswith("<") else p(inside)
    return f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/>{merge}</w:tcPr>{blocks}</w:tc>'


def box(*paragraphs):
    """A text box as Word 2010 writes it, with its form for older ones."""
    inside = f"<w:txbxContent>{''.join(paragraphs)}</w:txbxContent>"
    return ('<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline><a:graphic><a:graphicData><wps:wsp>'
            f'<wps:txbx>{inside}</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice>'
            f'<mc:Fallback><w:pict><v:shape><v:textbox>{inside}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>')
