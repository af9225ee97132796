"""Other readers of Chinese numbers and places beside this one, on the same gold texts, in one run.

    python -m venv peers; peers/bin/pip install -e . -r tests/benchmark/peers-requirements.txt
    peers/bin/python tests/benchmark/peers.py            a Markdown table, and peers.json beside this file

Every reader is given the source text of every gold document and called as its documentation says (`how` in the result).
A figure is found where a reading shares characters with it, one to one; value, unit and bounds are shares of those
found. A false reading is one that is no reported figure: for readers of numbers that includes dates and ordinals, which
they are made to read. A reader that is not installed is named as missing.
"""

from __future__ import annotations

import importlib.util
import json
import platform
import re
import sys
import time
import warnings
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

GOLD = Path(__file__).parents[1] / "gold"
SETS = {"texts that wqnlp was developed on": ("dev", "own"),
        "texts written without sight of its rules, their errors since mended": ("fresh", "held", "voices", "regions", "mainstream")}
ROUNDS = 3
RESULT = Path(__file__).with_name("peers.json")
SUITE = Path(__file__).parents[3] / "shared" / "peer_suites"


class Said(NamedTuple):
    """One reading: its span, size, bounds, unit, what it counts (where the reader says)."""

    start: int
    end: int
    value: float | None
    low: float | None
    high: float | None
    unit: str | None
    measure: str | None = None


Reader = Callable[[Path, str], list[Said]]


def ours(path: Path, text: str) -> list[Said]:
    """The whole pipeline: what is a reported figure, and what it counts."""
    from wqnlp import pipeline
    return [Said(f.start, f.end, f.value, f.low, f.high, f.unit, f.measure) for f in pipeline.run(path).figures]


def our_grammar(path: Path, text: str) -> list[Said]:
    """`wqnlp.grammar.parse`: every number, as the other readers give it."""
    from wqnlp import grammar
    return [Said(r.start, r.end, r.value, r.low, r.high, r.unit) for at, line in lines(text)
            for r in (one._replace(start=one.start + at, end=one.end + at) for one in grammar.parse(line))]


def lines(text: str) -> list[tuple[int, str]]:
    return [(m.start(), m[0]) for m in re.finditer(r"[^\n]+", text)]


def jionlp(path: Path, text: str) -> list[Said]:
    """`jionlp.ner.extract_money(with_parsing=True)`; it has no reader of other quantities."""
    import jionlp as jio
    out = []
    for at, line in lines(text):
        for money in jio.ner.extract_money(line, with_parsing=True) or []:
            detail = money["detail"]
            ends = [float(n) for n in ([detail["num"]] if isinstance(detail["num"], str) else detail["num"])]
            one, sort = (ends[0] if len(ends) == 1 else None), detail["definition"]
            low = None if sort in ("blur-", "blur") else ends[0]
            high = None if sort in ("blur+", "blur") else ends[-1]
            out.append(Said(at + money["offset"][0], at + money["offset"][1], one, low, high, detail["case"]))
    return out


CURRENCIES = {"Chinese yuan": "元", "United States dollar": "美元", "Hong Kong dollar": "港元", "Euro": "欧元", "Dollar": "美元"}


def recognizers(path: Path, text: str) -> list[Said]:
    """Number, percentage and currency model of Culture.Chinese; of two that overlap the one with a unit."""
    from recognizers_number import NumberRecognizer
    from recognizers_number_with_unit import NumberWithUnitRecognizer
    from recognizers_text import Culture
    models = [NumberWithUnitRecognizer(Culture.Chinese).get_currency_model(),
              NumberRecognizer(Culture.Chinese).get_percentage_model(), NumberRecognizer(Culture.Chinese).get_number_model()]
    out: list[Said] = []
    for at, line in lines(text):
        held: list[Said] = []
        for model in models:
            for r in model.parse(line):
                gives = r.resolution or {}
                try:
                    value = float(str(gives.get("value")).rstrip("%"))
                except ValueError:
                    continue                                # a currency named without a sum
                unit = "%" if r.type_name == "percentage" else CURRENCIES.get(gives.get("unit", ""))
                if not any(r.start < one.end and r.end + 1 > one.start for one in held):
                    held.append(Said(r.start, r.end + 1, value, value, value, unit))
        out += [one._replace(start=one.start + at, end=one.end + at) for one in held]
    return out


def found_pairs(gold: list[dict], said: list[Said]) -> list[tuple[dict, Said]]:
    """Pairs one to one, the largest overlap first."""
    near = sorted(((min(g["end"], s.end) - max(g["start"], s.start), -i, -j)
                   for i, g in enumerate(gold) for j, s in enumerate(said)
                   if s.start < g["end"] and s.end > g["start"]), reverse=True)
    left, right, pairs = set(), set(), []
    for _, i, j in near:
        if i not in left and j not in right:
            left.add(i), right.add(j)
            pairs.append((gold[-i], said[-j]))
    return pairs


def same(a: float | None, b: float | None) -> bool:
    """Equal in size: a sign is a reading of the words before a number, which other readers do not attempt."""
    return a is b if None in (a, b) else abs(abs(a) - abs(b)) <= 1e-6 * max(1.0, abs(a))


def best(reader: Reader, papers: list[tuple[Path, str, list[dict]]]) -> float:
    """Seconds of the fastest of some rounds over all texts."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for path, text, _gold in papers:
            reader(path, text)
        times.append(time.perf_counter() - start)
    return min(times)


def judge(reader: Reader, papers: list[tuple[Path, str, list[dict]]]) -> dict:
    """Counts of one reader over all gold documents, and its rate; dictionaries are loaded before the clock starts."""
    reader(*papers[0][:2])
    tally = dict.fromkeys(("gold", "said", "found", "money", "money_found", "value", "unit", "bounds", "measure"), 0)
    seconds, tells = best(reader, papers), False
    for path, text, gold in papers:
        said = reader(path, text)
        pairs = found_pairs(gold, said)
        tells = tells or any(s.measure for s in said)
        tally["gold"] += len(gold)
        tally["said"] += len(said)
        tally["found"] += len(pairs)
        tally["money"] += sum(g["kind"] == "money" for g in gold)
        tally["money_found"] += sum(g["kind"] == "money" for g, _ in pairs)
        for g, s in pairs:
            tally["value"] += same(g["value"], s.value)
            tally["unit"] += g["unit"] == s.unit
            tally["bounds"] += (same(g["low"], s.low) and same(g["high"], s.high)) or (same(g["low"], s.high) and same(g["high"], s.low))
            tally["measure"] += g["measure"] == s.measure
    characters, found = sum(len(text) for _, text, _ in papers), max(tally["found"], 1)
    return {
        "how": " ".join((reader.__doc__ or "").split()), "found": round(tally["found"] / tally["gold"], 3),
        "money found": round(tally["money_found"] / max(tally["money"], 1), 3),
        **{f"{name} right": round(tally[name] / found, 3) for name in ("value", "unit", "bounds")},
        "what it counts": round(tally["measure"] / found, 3) if tells else None,
        "false a document": round((tally["said"] - tally["found"]) / len(papers), 2),
        "characters a second": round(characters / seconds)}


NUMBER = re.compile(r"[\d.,，零〇○一二两三四五六七八九十百千万亿]+")


def converters(papers: list[tuple[Path, str, list[dict]]]) -> dict[str, dict]:
    """cn2an finds nothing in a text: it is handed the number of each gold figure, and so is `grammar.read_number`."""
    from wqnlp import grammar
    handed = [(text, abs(gold["value"])) for _, _, golds in papers for gold in golds if gold["value"] is not None
              for found in [NUMBER.match(gold["text"])] if found and (text := found[0])
              and gold["text"][len(text):] == gold["unit"]]

    def right(read: Callable[[str], float | None]) -> float:
        return round(sum(same(value, read(text)) for text, value in handed) / len(handed), 3)

    def by_grammar(text: str) -> float | None:
        read = grammar.read_number(text)
        return read.value if read else None

    def by_cn2an(text: str) -> float | None:
        import cn2an
        try:
            return float(cn2an.cn2an(text, "smart"))
        except ValueError:
            return None

    out = {"wqnlp grammar.read_number": {"numbers": len(handed), "value right": right(by_grammar)}}
    if importlib.util.find_spec("cn2an"):
        out["cn2an.cn2an(mode='smart')"] = {"numbers": len(handed), "value right": right(by_cn2an)}
    return out


def places(folders: list[Path]) -> dict[str, dict]:
    """The six-digit code of each document's place. cpca reads addresses: the best of three ways to call it is given."""
    from wqnlp import pipeline
    gold = {(folder, row["path"]): row["adcode"] for folder in folders for row in rows(folder, "documents") if row["adcode"]}
    texts = {key: (key[0] / "texts" / key[1]).read_text("utf-8") for key in gold}
    out = {"wqnlp": {"documents": len(gold), "right": share(gold, {
        key: next((d.adcode for d in pipeline.run(key[0] / "texts" / key[1]).documents), None) for key in gold})}}
    if importlib.util.find_spec("cpca"):
        import cpca
        ways = {
            "transform(first line)": lambda text: cpca.transform([text.strip().splitlines()[0]])["adcode"].tolist(),
            "transform(whole text)": lambda text: cpca.transform([text])["adcode"].tolist(),
            "transform_text_with_addrs(whole text), the most frequent":
                lambda text: most_frequent(cpca, text)}
        scores = {name: share(gold, {key: next(iter(way(text)), None) for key, text in texts.items()}) for name, way in ways.items()}
        best = max(scores, key=scores.__getitem__)
        out["cpca"] = {"how": best, "documents": len(gold), "right": scores[best], "all ways": scores}
    return out


def most_frequent(cpca, text: str) -> list[str]:
    """The code named most in a text; cpca raises KeyError where it finds no place at all."""
    try:
        return cpca.transform_text_with_addrs(text)["adcode"].mode().tolist()
    except KeyError:
        return []


def share(gold: dict, said: dict) -> float:
    return round(sum(str(said[key]) == str(code) for key, code in gold.items()) / len(gold), 3)


def suite() -> dict[str, int] | None:
    """Cases of Recognizers-Text's own Chinese specs that each reader passes; None where they are not beside the repository."""
    if not SUITE.is_dir():
        return None
    sys.path.insert(0, str(Path(__file__).parents[1]))
    import test_peer_suites as cases
    out = {"cases": 617, "wqnlp.grammar": sum(cases.outcomes(SUITE).values())}
    if importlib.util.find_spec("recognizers_text"):
        out["Recognizers-Text (Python)"] = sum(port_passes(model, cases) for model in ("Number", "Percent", "Currency"))
    return out


def port_passes(model: str, cases) -> int:
    """How many cases of a model the Python port passes. It has no model of Chinese number ranges."""
    from recognizers_number import NumberRecognizer
    from recognizers_number_with_unit import NumberWithUnitRecognizer
    from recognizers_text import Culture
    numbers = NumberRecognizer(Culture.Chinese)
    read = {"Number": numbers.get_number_model, "Percent": numbers.get_percentage_model,
            "Currency": NumberWithUnitRecognizer(Culture.Chinese).get_currency_model}[model]()

    def plain(start: int, end: int, gives: dict) -> tuple:
        value = gives.get("value")
        return start, end, None if value is None else float(str(value).rstrip("%")), gives.get("unit")

    right = 0
    for case in json.loads((SUITE / f"recognizers_{model}Model.json").read_text("utf-8")):
        want = [plain(r["Start"], r["End"], r.get("Resolution", {})) for r in case["Results"]]
        got = [plain(r.start, r.end, r.resolution or {}) for r in read.parse(case["Input"])]
        right += len(want) == len(got) and all(a[:2] == b[:2] and cases.near(a[2], b[2]) and a[3] == b[3]
                                               for a, b in zip(want, got, strict=True))
    return right


def rows(folder: Path, table: str) -> list[dict]:
    return [json.loads(line) for line in (folder / "gold" / f"{table}.jsonl").read_text("utf-8").splitlines()]


def read_gold(folders: list[Path]) -> list[tuple[Path, str, list[dict]]]:
    """Every plain gold text with its figures."""
    papers = []
    for folder in folders:
        figures = rows(folder, "figures")
        for row in rows(folder, "documents"):
            path = folder / "texts" / row["path"]
            if path.suffix == ".txt" and path.name not in [p.name for p, _, _ in papers if p.parent == path.parent]:
                ids = {other["doc_id"] for other in rows(folder, "documents") if other["path"] == row["path"]}
                papers.append((path, path.read_text("utf-8"), [f for f in figures if f["doc_id"] in ids]))
    return papers


def main() -> None:
    warnings.filterwarnings("ignore")
    sets = {name: [GOLD / f for f in folders if (GOLD / f).is_dir()] for name, folders in SETS.items()}
    readers: dict[str, tuple[str, Reader]] = {"wqnlp": ("", ours), "wqnlp.grammar": ("", our_grammar),
                                              "JioNLP": ("jionlp", jionlp), "Recognizers-Text": ("recognizers-text", recognizers)}
    installed = {name: _version(package) for name, package in
                 [("JioNLP", "jionlp"), ("Recognizers-Text", "recognizers-text"), ("cn2an", "cn2an"), ("cpca", "cpca")]}
    result = {
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "versions": {k: v for k, v in installed.items() if v}, "missing": [k for k, v in installed.items() if not v],
        "sets": {name: one_set(folders, [(n, r) for n, (package, r) in readers.items() if not package or installed[n]])
                 for name, folders in sets.items() if folders},
        "suite": suite()}
    RESULT.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(table(result))


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def one_set(folders: list[Path], readers: list[tuple[str, Reader]]) -> dict:
    papers = read_gold(folders)
    return {"documents": len(papers), "figures": sum(len(gold) for _, _, gold in papers),
            "readers": {name: judge(reader, papers) for name, reader in readers},
            "numbers handed over": converters(papers), "places": places(folders)}


def table(result: dict) -> str:
    """The Markdown that the README takes."""
    names = ["found", "money found", "value right", "unit right", "bounds right", "what it counts", "false a document",
             "characters a second"]
    out = []
    for name, one in result["sets"].items():
        out += [f"\n{one['documents']} {name}, {one['figures']} figures\n",
                f"| {' | '.join(['reader', *names])} |", f"|---|{'---:|' * len(names)}"]
        for reader, row in one["readers"].items():
            shown = ["–" if row[n] is None else f"{row[n]:,}" for n in names]
            out.append(f"| {' '.join([reader, result['versions'].get(reader, '')]).strip()} | {' | '.join(shown)} |")
        out.append("")
        for reader, row in one["numbers handed over"].items():
            out.append(f"- {reader}, handed the {row['numbers']} printed numbers: {row['value right']:.1%} right")
        for reader, row in one["places"].items():
            how = f", by {row['how']}" if "how" in row else ""
            out.append(f"- {reader}, the place of {row['documents']} documents: {row['right']:.1%} right{how}")
    if result["suite"]:
        cases, *each = result["suite"].items()
        out.append(f"\nRecognizers-Text's own {cases[1]} Chinese cases passed: " + ", ".join(f"{k} {v}" for k, v in each) + ".")
    if result["missing"]:
        out.append(f"\nNot installed here: {', '.join(result['missing'])}.")
    return "\n".join(out)


if __name__ == "__main__":
    main()
