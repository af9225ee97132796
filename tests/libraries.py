"""What tests of libraries share: a small result with everything in it that is hard to store, and a dump of a library."""

from wqnlp.library import open_store
from wqnlp.pipeline import Result
from wqnlp.records import Audit, Document, Evidence, Figure
from wqnlp.repair.base import Repaired
from wqnlp.source.base import Decoding, Source
from wqnlp.span import Aligned, Edit, Mark
from wqnlp.store.database import Store

TEXT = "聯(lián)合接待60件，其中家暴26件，占43%，救助xx名。"


def result(number=1, text=TEXT, title="=HYPERLINK(\"http://x\")", change=-3.5):
    """What one small file might give, with everything in it that is hard to store."""
    sha = f"{number:x}".rjust(64, "a")[::-1]
    source = Source(path=f"f{number}.txt", text=text, sha256=sha, format="text",
                    decoding=Decoding(encoding="gb18030", reason="97% common hanzi", confidence=.98))
    aligned = Aligned.of(text).edit([Edit(1, 7, "", "gloss"), Edit(0, 1, "联", "script")])
    doc_id = f"{sha[:12]}-0"

    def figure(surface, value, **more):
        start = text.index(surface)
        return Figure(id=f"{doc_id}:{start}-{start + len(surface)}", doc_id=doc_id, start=start, text=surface,
                      end=start + len(surface), sentence=aligned.text, value=value, low=value, high=value,
                      **{"kind": "count", "measure": "cases_received", "unit": "件", **more})

    total, part = figure("60件", 60., role="total"), figure("26件", 26., role="part", issue="domestic_violence")
    share = figure("43%", change, unit="%", kind="percent", measure="change", confidence=.5)
    masked = figure("xx名", None, unit="名", kind="people", measure="people_aided", flags=("masked", "approximate"))
    evidence = {"place": (Evidence(rule="title", start=0, end=2, confidence=.9, value="霍山县", text="霍山"),)}
    document = Document(doc_id=doc_id, path=source.path, start=0, end=len(text), title=title, place="霍山县", year=2009,
                        evidence=evidence, damage={"gloss": 1})
    audit = Audit(doc_id=doc_id, kind="ratio", figures=(share.id, part.id, total.id), stated=43., computed=43.3333,
                  status="consistent")
    marks = (Mark(aligned.text.index("xx"), aligned.text.index("xx") + 2, "mask"),)
    return Result(path=source.path, source=source, repaired=Repaired(source=source, aligned=aligned, marks=marks),
                  documents=[document], figures=[total, part, share, masked], audits=[audit])


def library_of(place, *results):
    """A library that these results were written into, open for reading."""
    with Store(place) as store:
        for one in results:
            store.write(one)
    return open_store(place)


def dump(place):
    """Every row of every table with its number, in order: two dumps are equal only where nothing at all changed."""
    from sqlalchemy import select

    from wqnlp.store.reader import Reader
    from wqnlp.store.tables import metadata

    with Reader(place) as reader, reader.state() as db:
        return {name: [tuple(row) for row in db.execute(select(table).order_by(*table.primary_key.columns))]
                for name, table in metadata().tables.items()}
