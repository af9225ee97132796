"""Characters a second of the whole pipeline and each stage, beside jieba.cut on the same text in the same run.

    python tests/benchmark/speed.py            a table, and speed.json beside this file
    python tests/benchmark/speed.py --big      also a 1 MB and a 10 MB file, side by side

Absolute times depend on the machine; the ratio to jieba.cut, measured in one process in one run, is what
is compared between states of the code.

The limit: these texts have a figure in every 22 characters, and jieba.cut spends 50 microseconds on as many. The
pipeline took 5.7 times that; with the same records to the byte it came to 4.4, and it takes 4.8 with what was added since.

What helped, in parts of the whole: the model of measures asked with rows of its own for each kind of feature, all
figures of a summary in one sum, and not where its answer changes nothing (5 in 100); repair's look for wide characters in
one class of the basic plane (a class with others is no table but a list, and ten times as slow), and a look for what a
step cannot do without before it (4); refusals tried by the character they begin with and by what follows the digits
(2); words before a figure held by its context, sums looked for in numbers before words, periods of a sentence found
once, what a figure leans on found once (5); audits and proofs of one reading (1); before all that a look for a match's
first characters where `re` cannot look for itself, and lexicons that look for two characters by class.

What did not, each measured: pyahocorasick (places 6 times slower than the lexicon, 41,821 names being far apart in
memory; words of themes the same); hyperscan over the rules of measures, each clause in one scan, takes the time that
the rules one by one take, and only says where to look again; google-re2 cannot hold 37 of these 143 rules; one
expression a first character; theme n-grams of the whole text in place of its runs, theme weights in one sum or in half
the memory; guards on expressions over a few characters (audits); mypyc (a fifth on figures); no garbage collection.

Of what is left regular expressions are a fifth and no function takes more than a twentieth: some 690 small calls a
figure in all stages (820 before), half of them in the stage of figures. Each file comes to cold caches after the other
stages: the whole is an eighth of itself over their sum. A ratio under 1 asks for other than Python.
"""

from __future__ import annotations

import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from wqnlp import audits, figures, issues, metadata, pipeline, repair, source, structure, themes

TEXTS = sorted((Path(__file__).parents[1] / "gold" / "dev" / "texts").glob("*.txt"))
RESULT = Path(__file__).with_name("speed.json")
ROUNDS = 5


def best(work: Callable[[], object]) -> float:
    """Seconds of the fastest of some rounds: what the machine's other work adds is left out."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def stages(folder: Path) -> dict[str, float]:
    """Seconds a stage takes over every dev text, each stage fed with what the one before it gave."""
    paths = sorted(folder.glob("*.txt"))
    sources = [source.read(path) for path in paths]
    repaired = [repair.repair(one) for one in sources]
    parts = [summary for one in repaired for summary in structure.summaries(one)]
    documents = [metadata.describe(summary, f"d{i}", "d.txt") for i, summary in enumerate(parts)]
    pairs = list(zip(parts, documents, strict=True))
    found = [figures.extract(*pair)[0] for pair in pairs]
    acts = [themes.activities(*pair) for pair in pairs]
    return {
        "source": best(lambda: [source.read(path) for path in paths]),
        "repair": best(lambda: [repair.repair(one) for one in sources]),
        "structure": best(lambda: [structure.summaries(one) for one in repaired]),
        "metadata": best(lambda: [metadata.describe(s, "d", "d.txt") for s in parts]),
        "figures": best(lambda: [figures.extract(*pair) for pair in pairs]),
        "themes": best(lambda: [themes.activities(*pair) for pair in pairs]),
        "issues": best(lambda: [issues.find(s, d, f, a) for (s, d), f, a in zip(pairs, found, acts, strict=True)]),
        "audits": best(lambda: [audits.audit(f) for f in found]),
        "whole pipeline": best(lambda: [pipeline.run(path) for path in paths]),
    }


def jieba_seconds(text: str) -> float:
    """One jieba.cut over the same text, dictionary loaded before the clock starts."""
    import jieba

    jieba.setLogLevel(60)
    jieba.initialize()
    return best(lambda: list(jieba.cut(text)))


def import_seconds() -> float:
    """`import wqnlp` in a fresh process, less an empty process."""
    def run(code: str) -> float:
        return best(lambda: subprocess.run([sys.executable, "-c", code], check=True))
    return run("import wqnlp") - run("pass")


def sizes(folder: Path) -> dict[str, dict[str, float]]:
    """A file of one and of ten million bytes through the whole pipeline, each in a process of its own."""
    whole = "\n\n".join(path.read_text("utf-8") for path in TEXTS) + "\n\n"
    found = {}
    for million in (1, 10):
        path = folder / f"{million}mb.txt"
        path.write_text(whole * (million * 1_000_000 // len(whole.encode())), "utf-8")
        code = (f"import time, resource; from wqnlp import pipeline; t = time.perf_counter(); r = pipeline.run({str(path)!r});"
                "print(time.perf_counter() - t, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, len(r.figures))")
        told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
        found[f"{million} MB"] = {"seconds": round(float(told[0]), 2), "peak_mb": round(float(told[1])), "figures": int(told[2])}
    return found


def main() -> None:
    text = "".join(path.read_text("utf-8") for path in TEXTS)
    with tempfile.TemporaryDirectory() as scratch:
        seconds = stages(TEXTS[0].parent)
        cut = jieba_seconds(text)
        big = sizes(Path(scratch)) if "--big" in sys.argv else {}
    result = {
        "machine": f"{platform.machine()}, Python {platform.python_version()}", "characters": len(text),
        "jieba.cut characters a second": round(len(text) / cut),
        "stages": {name: {"characters a second": round(len(text) / t), "ratio to jieba.cut": round(t / cut, 2)}
                   for name, t in seconds.items()},
        "import seconds": round(import_seconds(), 3),
        "peak memory MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "sizes": big,
    }
    print(f"{'stage':16}{'characters a second':>22}{'time / jieba.cut':>20}")
    for name, row in result["stages"].items():
        print(f"{name:16}{row['characters a second']:22,}{row['ratio to jieba.cut']:20.2f}")
    print(f"{'jieba.cut':16}{result['jieba.cut characters a second']:22,}{1:20.2f}")
    print(f"import {result['import seconds']} s, peak memory {result['peak memory MB']} MB", *big.items(), sep="\n")
    RESULT.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
