"""What a worker makes ready is what the process that writes would make of the plain result."""

import pickle
from pathlib import Path

import pytest
from libraries import dump

from wqnlp.copies import Search
from wqnlp.pipeline import run
from wqnlp.store.database import Store
from wqnlp.store.finished import shown_of
from wqnlp.store.journal import entry_of
from wqnlp.store.ready import Making, Ready
from wqnlp.store.shelf import Shelf

TEXTS = sorted((Path(__file__).parent / "gold" / "dev" / "texts").glob("*.txt"))[:5]


def test_a_library_of_results_made_ready_is_the_same(tmp_path):
    for name, read in (("plain.db", run), ("ready.db", Making())):
        with Store(tmp_path / name) as store:
            for path in TEXTS:
                store.write(read(str(path)))
    assert dump(tmp_path / "plain.db") == dump(tmp_path / "ready.db")


def test_what_is_held_against_others_is_the_same():
    plain, made, shelf, other = Search(), Search(), Shelf(), Shelf()
    for path in TEXTS:
        for times in range(2):                               # each text twice, so that there is something to find
            result, done = run(str(path)), Making()(str(path))
            assert isinstance(done, Ready) and done.figures == result.figures
            for document in result.documents:
                own = [figure for figure in result.figures if figure.doc_id == document.doc_id]
                plain.add(f"{document.doc_id}/{times}", shown_of(result)[document.doc_id], document, own)
            for note in done.notes:
                made.take(note._replace(doc_id=f"{note.doc_id}/{times}"))
            shelf.add(result.documents, result.figures)
            other.take(done.said)
    assert plain.found() == made.found() and len(made.found()) == 2 * len(TEXTS)
    assert list(shelf.bodies()) == list(other.bodies()) and list(other.bodies())


def test_a_file_that_is_repeated_has_nothing_of_its_own():
    again = Making()(str(TEXTS[0])).repeats("first.txt")
    assert not isinstance(again, Ready) and again.same_as == "first.txt" and not again.figures


def _over(result):
    return pickle.loads(pickle.dumps(result))  # noqa: S301 - of our own


def test_what_crosses_over_is_opened_where_it_is_asked_for():
    done = Making(library=True, tables=False)(str(TEXTS[0]))
    over = _over(done)
    assert over.packet and over.entry is None and over.made == done.made
    assert over.counts() == done.counts() and over.sha12() == done.sha12() and over.bodies == done.bodies and over.packet
    again = _over(over)                                      # it may cross over again, from a cluster, before it is opened
    assert again.figures == done.figures and again.source == done.source and not again.packet
    with pytest.raises(AttributeError, match=r"figure$"):
        _ = over.figure


def test_only_what_an_output_needs_is_made_ready(tmp_path):
    tables, library = (Making(library=bool(n), tables=not n)(str(TEXTS[0])) for n in (0, 1))
    assert tables.made is None and tables.entry == entry_of(run(str(TEXTS[0])))
    assert library.entry is None and library.made
