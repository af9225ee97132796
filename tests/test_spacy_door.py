"""The spaCy door: spans with values in the text as given, through DocBin and back."""

import subprocess
import sys
from pathlib import Path

import pytest

from wqnlp.pipeline import run

spacy = pytest.importorskip("spacy", reason="spaCy is an extra: pip install 'wqnlp[spacy]'")
TEXTS = sorted((Path(__file__).parent / "gold" / "dev" / "texts").glob("*.txt"))


@pytest.fixture(scope="module")
def nlp():
    import wqnlp.spacy_door  # noqa: F401 (registers the factory)

    made = spacy.blank("zh")
    made.add_pipe("wqnlp")
    return made


def raw(path):
    return path.read_bytes().decode("utf-8")


@pytest.mark.parametrize("path", TEXTS[:4], ids=[p.name for p in TEXTS[:4]])
def test_spans_are_the_records(nlp, path):
    doc, result = nlp(raw(path)), run(path)
    assert doc.text == raw(path)
    for group, records in (("figures", result.figures), ("activities", result.activities), ("issues", result.issues)):
        assert [(s.start_char, s.end_char) for s in doc.spans[group]] == [(r.start, r.end) for r in records]
    assert [s.label_ for s in doc.spans["figures"]] == [f.measure for f in result.figures]
    assert [s._.wqnlp_value for s in doc.spans["figures"]] == [f.value for f in result.figures]
    assert all(s._.wqnlp["exact"] for s in doc.spans["figures"])
    assert doc[0:2]._.wqnlp is None
    assert len(doc._.wqnlp["documents"]) == len(result.documents)


def test_through_docbin_and_back(nlp):
    from spacy.tokens import DocBin

    docs = [nlp(raw(path)) for path in TEXTS[:3]]
    data = DocBin(store_user_data=True, docs=docs).to_bytes()
    again = list(DocBin().from_bytes(data).get_docs(nlp.vocab))
    for one, other in zip(docs, again, strict=True):
        for group in ("figures", "activities", "issues"):
            assert [(s.start_char, s.end_char, s.label_) for s in one.spans[group]] == [
                (s.start_char, s.end_char, s.label_) for s in other.spans[group]]
            assert [s._.wqnlp for s in one.spans[group]] == [s._.wqnlp for s in other.spans[group]]
        assert one._.wqnlp == other._.wqnlp


def test_words_that_cut_through_a_figure_widen_it():
    import wqnlp.spacy_door as door
    from wqnlp.pipeline import run_text

    text = "江平县妇联2013年工作总结\n全年接待来信来访96件。"
    vocab = spacy.blank("zh").vocab
    words = [text[:-4], text[-4:]]                                 # the second token holds 96件。
    doc = door.annotate(spacy.tokens.Doc(vocab, words=words, spaces=[False, False]), run_text(text))
    [span] = doc.spans["figures"]
    assert span.text == "96件。" and span._.wqnlp["exact"] is False and span._.wqnlp_value == 96.0


def test_damaged_text_keeps_its_offsets(nlp):
    text = "江平縣婦聯2013年工作總結\n全年接待來信來訪９６件，其中家庭暴力１２件。"
    doc = nlp(text)
    assert [s.text for s in doc.spans["figures"]] == ["９６件", "１２件"]
    assert [s._.wqnlp["value"] for s in doc.spans["figures"]] == [96.0, 12.0]


def test_rendered_and_matched_further(nlp):
    from spacy import displacy
    from spacy.matcher import Matcher

    doc = nlp(raw(TEXTS[0]))
    shown = displacy.render(doc, style="span", options={"spans_key": "figures"}, page=False, jupyter=False)
    assert "cases_received" in shown
    matcher = Matcher(nlp.vocab)
    matcher.add("year", [[{"TEXT": {"REGEX": r"^\d$"}}]])
    assert matcher(doc)


def test_an_empty_text(nlp):
    assert len(nlp("").spans["figures"]) == 0


def test_the_package_does_without_it():
    code = "import sys; sys.modules['spacy'] = None\nimport wqnlp, wqnlp.spacy_door as d\n" \
           "try: d.Component()\nexcept wqnlp.errors.MissingExtra as e: print(e)"
    told = subprocess.run([sys.executable, "-c", "import wqnlp.errors\n" + code], capture_output=True, text=True, check=True)
    assert told.stdout.startswith("E51 spacy") and "pip install" in told.stdout
    code = "import sys, wqnlp; wqnlp.read; print('spacy' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"


def test_models_are_saved_and_loaded(nlp, tmp_path):
    nlp.to_disk(tmp_path / "model")
    again = spacy.load(tmp_path / "model")
    assert len(again(raw(TEXTS[0])).spans["figures"]) == len(nlp(raw(TEXTS[0])).spans["figures"])
