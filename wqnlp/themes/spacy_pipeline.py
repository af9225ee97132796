"""The rival model: a spaCy pipeline for Chinese, trained from `models/themes-spacy/config.cfg`.

Words come from jieba; a span ruler marks the seed words of `data/themes.yaml`; a tok2vec layer feeds a text
categoriser of many labels. It is trained to be compared, and is not needed to run the toolkit: spaCy is an extra.
"""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wqnlp import vocab
from wqnlp.errors import DataError
from wqnlp.tables import model_folder, table

if TYPE_CHECKING:
    from wqnlp.themes.rows import Row

CONFIG = model_folder("themes-spacy") / "config.cfg"


def patterns() -> list[dict[str, str]]:
    """The seed words of each theme as rows for spaCy's span ruler.

    >>> {"label": "hotline", "pattern": "热线"} in patterns()
    True
    """
    return [{"label": theme, "pattern": word} for theme, lists in table("themes")["seeds"].items()
            for word in dict.fromkeys(lists["strong"])]


def train(rows: Sequence[Row], config: Path = CONFIG) -> Any:
    """A trained `spacy.Language`; the same rows in the same order give the same pipeline.

    Raises DataError E41 where spaCy is not installed or the config file is missing.
    """
    try:
        import spacy
        from spacy.training.initialize import init_nlp
        from spacy.training.loop import train as loop
    except ImportError as fault:
        raise DataError("E41", str(config), "spaCy is not installed", "pip install 'wqnlp[spacy]'") from fault
    if not config.is_file():
        raise DataError("E41", str(config), "the config file is missing", "train in a checkout of the repository")
    logging.getLogger("jieba").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as scratch:
        data, words = Path(scratch) / "rows.spacy", Path(scratch) / "words.json"
        words.write_text(json.dumps(patterns(), ensure_ascii=False), "utf-8")
        _docbin(rows).to_disk(data)
        paths = {"paths.train": str(data), "paths.dev": str(data), "paths.themes": str(words)}
        made = init_nlp(spacy.util.load_config(config, overrides=paths, interpolate=False).interpolate())
        with (Path(scratch) / "log").open("w") as log:
            loop(made, None, stdout=log, stderr=log)
    return made


def _docbin(rows: Sequence[Row]) -> Any:
    import spacy
    from spacy.tokens import DocBin

    plain = spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": "jieba"}}})
    docs = DocBin()
    for row in rows:
        doc = plain.make_doc(row.text)
        doc.cats = {code: float(code in row.themes) for code in vocab.codes("themes")}
        docs.add(doc)
    return docs


def scores(pipeline: Any, texts: Sequence[str]) -> list[list[float]]:
    """For each text the probability of each theme, in taxonomy order."""
    return [[doc.cats[code] for code in vocab.codes("themes")] for doc in pipeline.pipe(texts)]
