"""Requests a second that `wqnlp serve` answers, and how long each takes, next to the bare pipeline in the same run.

    python tests/benchmark/service.py                a table, and service.json beside this file; about a minute
    python tests/benchmark/service.py --seconds 5    of each number of clients

The dev summaries in turn, each posted as text over a kept connection of the loopback; clients are threads of this
process, so they share the machine with the service, as do whatever else runs there. The bare pipeline is `run_text`
over the same texts in one process, before the clients and after them; "and JSON" adds the making of the answer.
Milliseconds of a client hold its waiting in line: with more clients than processes that is most of them.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from wqnlp.pipeline import run_text
from wqnlp.serve import work

TEXTS = [path.read_text("utf-8") for path in sorted((Path(__file__).parents[1] / "gold" / "dev" / "texts").glob("*.txt"))]
RESULT = Path(__file__).with_name("service.json")
CLIENTS = (1, 4, 16)
TOKEN = "only-for-this-measurement"


def told(times: list[float], wall: float, **more: int) -> dict:
    """A second's requests, and of their times in milliseconds the median, the 95th and the 99th of a hundred."""
    cuts = statistics.quantiles(times, n=100)
    return {"requests": len(times), "a second": round(len(times) / wall, 1), "p50 ms": round(1000 * cuts[49], 1),
            "p95 ms": round(1000 * cuts[94], 1), "p99 ms": round(1000 * cuts[98], 1), **more}


def bare(job: Callable[[str], object], seconds: float) -> dict:
    """The texts in turn through a function of this process."""
    times, began = [], time.perf_counter()
    for turn in count():
        start = time.perf_counter()
        if start - began > seconds:
            return told(times, start - began)
        job(TEXTS[turn % len(TEXTS)])
        times.append(time.perf_counter() - start)
    raise AssertionError


def clients(port: int, number: int, seconds: float) -> dict:
    """So many clients, each posting the next text as soon as it has its answer."""
    times: list[float] = []
    refused: list[int] = []
    end = time.perf_counter() + seconds

    def client(first: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for turn in count(first):
            start = time.perf_counter()
            if start > end:
                return
            connection.request("POST", "/v1/summaries", TEXTS[turn % len(TEXTS)].encode(),
                               {"Authorization": f"Bearer {TOKEN}", "Content-Type": "text/plain"})
            answer = connection.getresponse()
            answer.read()
            if answer.status == 200:
                times.append(time.perf_counter() - start)
            else:
                refused.append(answer.status)
                time.sleep(0.05)

    began = time.perf_counter()
    threads = [threading.Thread(target=client, args=(first,)) for first in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told(times, time.perf_counter() - began, refused=len(refused))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    service = subprocess.Popen([sys.executable, "-m", "wqnlp", "serve", "--port", "0", "--workers", str(options.workers), "--quiet"],
                               stdout=subprocess.PIPE, text=True, env=os.environ | {"WQNLP_TOKEN": TOKEN})
    try:
        assert service.stdout is not None
        port = int(service.stdout.readline().rpartition(":")[2])
        clients(port, options.workers, 2.0)                        # everything loaded before the clock starts
        for text in TEXTS:
            run_text(text)
        rows = {"bare pipeline": bare(run_text, options.seconds),
                "bare pipeline and JSON": bare(lambda text: work.summary(text.encode(), "text/plain"), options.seconds)}
        rows |= {f"{number} clients": clients(port, number, options.seconds) for number in CLIENTS}
        rows["bare pipeline again"] = bare(run_text, options.seconds)
    finally:
        service.terminate()
        service.wait(60)
    result = {"machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
              "workers": options.workers, "characters a text": round(statistics.mean(map(len, TEXTS))), "rows": rows}
    print(f"{'':24}{'a second':>10}{'p50 ms':>10}{'p95 ms':>10}{'p99 ms':>10}")
    for name, row in rows.items():
        print(f"{name:24}{row['a second']:10}{row['p50 ms']:10}{row['p95 ms']:10}{row['p99 ms']:10}")
    RESULT.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
