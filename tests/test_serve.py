"""The service: what comes back is what the bare pipeline gives; limits, tokens, processes that die; nothing is kept."""

import asyncio
import io
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from wqnlp import __version__, grammar
from wqnlp.cli import cli
from wqnlp.errors import WqnlpError
from wqnlp.pipeline import run_text
from wqnlp.records import TABLES, columns
from wqnlp.serve import bodies, models, running, work
from wqnlp.serve.app import make
from wqnlp.serve.pool import Pool
from wqnlp.serve.problems import MEDIA_TYPE, Problem
from wqnlp.serve.settings import Settings, checked
from wqnlp.store import batch
from wqnlp.store.schema import to_json
from wqnlp.tables import table

TEXTS = sorted((Path(__file__).parent / "gold" / "dev" / "texts").glob("*.txt"))
WORD = sorted((Path(__file__).parent / "fixtures" / "word").iterdir())
TEXT = "江平县妇联2013年工作总结\n全年接待来信来访96件。"
LONG = ("一、全年接待来信来访96件，其中家庭暴力12件，占12.5%，调处成功率98%。\n" * 6000).encode()       # seconds of work
TOKEN = "a-token-of-the-tests"
AUTH = {"Authorization": f"Bearer {TOKEN}"}
PLAIN = AUTH | {"Content-Type": "text/plain"}
SETTINGS = Settings(token=TOKEN, workers=2, waiting=2, max_bytes=1_000_000, seconds=20.0)


class Here(Pool):
    """The work done in this process, for what is not about processes."""

    async def start(self):
        pass

    async def run(self, job, *arguments):
        return await asyncio.to_thread(job, *arguments)


def here(**changes):
    told = replace(SETTINGS, **changes)
    return make(told, Here(told.workers, told.waiting, told.seconds))


def ask(method, path, *, app=None, headers=AUTH, **more):
    """One request, in process."""
    async def asked():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app or here(), raise_app_exceptions=False),
                                     base_url="http://here") as client:
            return await client.request(method, path, headers=headers, **more)
    return asyncio.run(asked())


def refusal(response, status, code, **headers):
    """A response that must be a problem of this status and code."""
    told = response.json()
    assert (response.status_code, told["status"], told["code"]) == (status, status, code), response.text
    assert response.headers["content-type"] == MEDIA_TYPE and response.headers["wqnlp-version"] == __version__
    assert told["detail"].startswith(f"{code} ") and told["seen"] and told["todo"] and told["todo"] in told["detail"]
    models.Told.model_validate(told)
    for name, value in headers.items():
        assert response.headers[name] == value
    return told


@contextmanager
def served(told):
    """A service on a free port of the loopback, and its pool."""
    pool = Pool(told.workers, told.waiting, told.seconds)
    server = running.server(told, pool)
    with running.listening("127.0.0.1", 0) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.02)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", pool
        finally:
            server.should_exit = True
            thread.join(40)
            assert not thread.is_alive()


@pytest.fixture(scope="module")
def service():
    with served(replace(SETTINGS, seconds=1.5)) as (url, pool), httpx.Client(base_url=url, headers=AUTH, timeout=30) as client:
        yield client, pool


def until(true, seconds=15.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


# What comes back

def lines(answer):
    """The rows of an answer as lines of JSON Lines."""
    return {name: [to_json(row) for row in answer[name]] for name in TABLES}


def written(path, out):
    batch.extract([path], out)
    return {name: (out / f"{name}.jsonl").read_text("utf-8").splitlines() for name in TABLES}


@pytest.mark.parametrize("path", [*TEXTS[:3], *WORD[:2]], ids=lambda path: path.name)
def test_a_posted_file_gives_the_lines_of_extract(path, tmp_path, monkeypatch):
    monkeypatch.chdir(path.parent)
    answer = ask("POST", "/v1/summaries", files={"file": (path.name, path.read_bytes())})
    assert answer.status_code == 200, answer.text
    assert lines(answer.json()) == written(path.name, tmp_path / "out")
    assert answer.json()["documents"] and answer.json()["figures"]


def test_the_same_text_in_every_way_gives_the_same_bytes(service):
    client, _ = service
    text = TEXTS[0].read_text("utf-8")
    ways = [client.post("/v1/summaries", content=text.encode(), headers={"Content-Type": "text/plain; charset=utf-8"}),
            client.post("/v1/summaries", json={"text": text}),
            client.post("/v1/summaries", files={"file": ("text", text.encode())})]
    assert [way.status_code for way in ways] == [200, 200, 200]
    assert {way.content for way in ways} == {work.tables(run_text(text)).encode()}
    assert all(way.headers["content-type"] == "application/json" for way in ways)


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet=st.sampled_from("妇联接待来访九十六件96%，。\n一二、12x×\ud800𠀀 "), max_size=60))
def test_any_text_gives_what_the_pipeline_gives(text):
    done = work.summary(json.dumps({"text": text, "name": "甲"}).encode(), "application/json")
    assert done.body.decode() == work.tables(run_text(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"), "甲"))


def test_an_encoding_is_told_from_the_bytes_and_not_from_the_header():
    answer = ask("POST", "/v1/summaries", content=TEXT.encode("gb18030"), headers=AUTH | {"Content-Type": "text/plain; charset=utf-8"})
    assert [figure["text"] for figure in answer.json()["figures"]] == ["96件"]


def test_numbers_are_those_of_the_grammar(service):
    client, _ = service
    text = "全年接待來訪超過２８７人次，調解五六百件，發放3.5萬元，佔九成以上，另有2xx件" + "9" * 400
    answer = client.post("/v1/numbers", json={"text": text}).json()
    assert answer["version"] == __version__ and len(answer["numbers"]) == 6
    for row, reading in zip(answer["numbers"], grammar.parse(text), strict=True):
        assert list(row) == list(reading._fields)
        assert row == reading._asdict() | ({"value": None, "low": None, "high": None} if len(reading.text) > 300 else {})


def test_codes_and_health():
    answer = ask("GET", "/v1/codes").json()
    assert {"code": "domestic_violence", "label": "家庭暴力", "parent": "marriage_family"} in answer["issues"]
    models.codes().model_validate(answer)
    assert ask("GET", "/healthz", headers={}).json() == {"status": "ok", "version": __version__}


# The description

def test_every_field_is_described_with_its_meaning_and_an_example():
    schemas = here().openapi()["components"]["schemas"]
    for record in TABLES.values():
        shown = schemas[record.__name__]
        assert list(shown["properties"]) == shown["required"] == columns(record) and shown["additionalProperties"] is False
        assert all(field["description"] and "examples" in field for field in shown["properties"].values())
    assert list(schemas["Summaries"]["properties"]) == ["version", *TABLES]
    assert "domestic_violence" in to_json(schemas["Figure"]["properties"]["issue"])
    assert not {name for name in table("service") if name not in schemas}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_answers_are_as_described(path):
    models.summaries().model_validate_json(work.summary(path.read_bytes(), "text/plain").body)


def test_every_reference_of_the_description_leads_somewhere():
    whole = here().openapi()
    named = {part.partition('"')[0] for part in to_json(whole).split('"#/components/schemas/')[1:]}
    assert named and named <= set(whole["components"]["schemas"])


# Who may ask

@pytest.mark.parametrize("headers", [{}, {"Authorization": ""}, {"Authorization": f"Basic {TOKEN}"}, {"Authorization": "Bearer "},
                                     {"Authorization": f"Bearer {TOKEN}x"}, {"Authorization": f"Bearer {TOKEN[:-1]}"},
                                     {"Authorization": "Bearer 妇联".encode()}, {"X-Token": TOKEN}])
@pytest.mark.parametrize(("method", "path"), [("POST", "/v1/summaries"), ("POST", "/v1/numbers"), ("GET", "/v1/codes")])
def test_without_the_token_there_is_no_answer(method, path, headers):
    refusal(ask(method, path, headers=headers), 401, "E71", **{"www-authenticate": "Bearer"})


def test_the_token_is_asked_for_before_a_byte_is_read():
    async def never():
        raise AssertionError("the body was read")
        yield b""
    refusal(ask("POST", "/v1/summaries", headers={"Content-Type": "text/plain"}, content=never()), 401, "E71")


@pytest.mark.parametrize(("host", "token"), [("0.0.0.0", None), ("::", None), ("内网", None), ("10.0.0.1", ""),
                                            ("127.0.0.1", "short"), ("127.0.0.1", "妇" * 20), ("127.0.0.1", "a b" * 9)])
def test_what_would_not_be_safe_does_not_start(host, token):
    with pytest.raises(WqnlpError, match="E74"):
        checked(host, token)


def test_no_other_site_may_ask_from_a_browser():
    answer = ask("OPTIONS", "/v1/codes", headers=AUTH | {"Origin": "http://evil.example", "Access-Control-Request-Method": "GET"})
    assert answer.status_code == 405 and not [name for name in answer.headers if name.startswith("access-control")]


# What is refused

def form(name, content, boundary=b"x", extra=b""):
    return b'--' + boundary + b'\r\nContent-Disposition: form-data; name="' + name + b'"' + extra + b"\r\n\r\n" + content + \
        b"\r\n--" + boundary + b"--\r\n"


@pytest.mark.parametrize(("kind", "body", "status", "code"), [
    ("text/plain", b"", 422, "E03"), ("text/plain", b" \n", 422, "E03"), ("text/plain", b"\x00\x01\x02\xff" * 500, 415, "E05"),
    ("text/plain", b"%PDF-1.4\nnothing that follows", 422, "E12"),
    ("application/json", b"", 422, "E72"), ("application/json", b"[", 422, "E72"), ("application/json", b"[]", 422, "E72"),
    ("application/json", b"{}", 422, "E72"), ("application/json", b'{"text": 1}', 422, "E72"),
    ("application/json", b'{"text": "", "year": "2013"}', 422, "E72"), ("application/json", b'{"text": "", "name": null}', 422, "E72"),
    ("application/json", b"[" * 100_000, 422, "E72"), ("application/json", b"\xff\xfe\x00", 422, "E72"),
    ("application/json", b'{"text": ' + b"9" * 5000 + b"}", 422, "E72"),
    ("multipart/form-data", b"", 422, "E72"), ("multipart/form-data; boundary=x", b"", 422, "E72"),
    ("multipart/form-data; boundary=x", b"--x\r\nbroken", 422, "E72"), ("multipart/form-data; boundary=" + "x" * 71, b"", 422, "E72"),
    ("multipart/form-data; boundary=x", form(b"file", b"no filename"), 422, "E72"),
    ("multipart/form-data; boundary=x", form(b"other", b"abc", extra=b'; filename="a.txt"'), 422, "E72"),
    ("multipart/form-data; boundary=x; charset=idna", form(b"file", b"", extra=b'; filename="a.txt"'), 422, "E03"),
    ("image/png", b"abc", 415, "E72"), ("", b"abc", 415, "E72"), ("application/x-www-form-urlencoded", b"text=a", 415, "E72")])
def test_bodies_that_cannot_be_understood(kind, body, status, code):
    refusal(ask("POST", "/v1/summaries", content=body, headers=AUTH | {"Content-Type": kind}), status, code)


def test_an_archive_is_refused_and_a_name_like_one_opens_nothing():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("2009.txt", TEXT)
    refusal(ask("POST", "/v1/summaries", files={"file": ("2009.zip", packed.getvalue())}), 415, "E05")
    answer = ask("POST", "/v1/summaries", files={"file": ("2009.zip!2009.txt", TEXT.encode())}).json()
    assert answer["documents"][0]["path"] == "2009.zip!2009.txt" and [figure["text"] for figure in answer["figures"]] == ["96件"]


def test_a_compressed_body_is_refused():
    refusal(ask("POST", "/v1/numbers", content=b"\x1f\x8b", headers=AUTH | {"Content-Encoding": "gzip"}), 415, "E72")


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/v1/summaries", 405), ("GET", "/nothing", 404), ("GET", "/docs", 404),
                                                        ("DELETE", "/healthz", 405)])
def test_other_ways_are_problems_too(method, path, status):
    refusal(ask(method, path), status, "E72")


@given(st.binary(max_size=200), st.sampled_from([*bodies.KINDS, "multipart/form-data; boundary=ab", "text/html", "multipart/form-data;"]))
def test_no_body_is_more_than_a_refusal(body, kind):
    with suppress(Problem):
        assert isinstance(bodies.posted(body, kind), bodies.Posted)


def test_a_body_over_the_limit_is_refused_however_it_comes(service):
    client, _ = service
    refusal(client.post("/v1/summaries", content=b"a" * 1_000_001, headers=PLAIN), 413, "E04")
    refusal(client.post("/v1/summaries", content=(b"a" * 10_000 for _ in range(101)), headers=PLAIN), 413, "E04")
    refusal(client.post("/v1/summaries", files={"file": ("a", b"a" * 1_000_000)}), 413, "E04")
    assert client.post("/v1/summaries", content=TEXT.encode(), headers=PLAIN).status_code == 200


def test_a_body_is_counted_while_it_comes_and_not_read_to_its_end():
    read = []

    async def endless():
        while True:
            read.append(1)
            yield b"a" * 10_000
    refusal(ask("POST", "/v1/numbers", content=endless(), app=here(max_bytes=50_000)), 413, "E04")
    assert len(read) <= 7


def test_a_body_that_does_not_come_is_not_waited_for():
    async def slow():
        yield b"{"
        await asyncio.sleep(30)
    refusal(ask("POST", "/v1/numbers", content=slow(), app=here(seconds=0.2)), 408, "E72")


# Time, and processes that die

def test_work_over_the_time_limit_is_ended_and_others_go_on(service):
    client, pool = service
    before = set(pool.pids())
    began = time.monotonic()
    refusal(client.post("/v1/summaries", content=LONG, headers=PLAIN), 504, "E15")
    assert time.monotonic() - began < 4
    assert client.post("/v1/summaries", content=TEXT.encode(), headers=PLAIN).status_code == 200      # by the other process
    until(lambda: len(pool.pids()) == 2)
    assert len(set(pool.pids()) & before) == 1
    for pid in before - set(pool.pids()):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_process_that_dies_costs_the_request_it_died_of(service):
    client, pool = service
    until(lambda: len(pool.pids()) == 2)
    before = set(pool.pids())
    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(client.post, "/v1/summaries", content=LONG, headers=PLAIN)
        time.sleep(0.4)
        for pid in before:                                       # the one at work, and an idle one
            os.kill(pid, signal.SIGKILL)
        refusal(answer.result(), 500, "E99")
    refused = 0
    while (answer := client.post("/v1/summaries", content=TEXT.encode(), headers=PLAIN)).status_code != 200:
        assert answer.json()["code"] in ("E99", "E73")           # the idle one is found dead, or none is ready yet
        refused += 1
        assert refused < 8
    until(lambda: len(pool.pids()) == 2)


def test_many_at_once_are_answered_or_told_to_come_again(service):
    client, pool = service
    until(lambda: len(pool.pids()) == 2)
    expected = {text: work.tables(run_text(text)).encode() for text in (path.read_text("utf-8") for path in TEXTS)}

    def post(text):
        for _ in range(200):
            answer = client.post("/v1/summaries", json={"text": text})
            if answer.status_code == 200:
                return answer.content == expected[text]
            refusal(answer, 503, "E73")
            assert 1 <= int(answer.headers["retry-after"]) <= 2
            time.sleep(0.05)
        return False

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(post, list(expected) * 2))
    assert pool.taken == 0


def test_a_full_line_is_told_at_once():
    async def both():
        app = here(workers=1, waiting=0)
        held = asyncio.Event()

        async def slow():
            yield b'{"text": '
            await held.wait()
            yield b'"1"}'
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here", headers=AUTH) as client:
            first = asyncio.create_task(client.post("/v1/numbers", content=slow(), headers={"Content-Type": "application/json"}))
            await asyncio.sleep(0.05)
            second = await client.post("/v1/numbers", json={"text": "1"})
            held.set()
            return await first, second, await client.post("/v1/numbers", json={"text": "1"})
    first, second, third = asyncio.run(both())
    assert first.status_code == third.status_code == 200
    refusal(second, 503, "E73", **{"retry-after": "1"})


def test_one_who_waits_too_long_is_told_to_come_again():
    async def waited():
        pool = Pool(1, 1, 0.1)                                    # never started: no process comes free
        with pytest.raises(Problem) as told:
            await pool.run(os.getpid)
        return told.value
    fault = asyncio.run(waited())
    assert (fault.refused.code, fault.refused.status, fault.headers) == ("E73", 503, {"Retry-After": "1"})


def test_a_client_that_goes_away_leaves_its_place(service, caplog):
    client, pool = service
    with socket.create_connection(("127.0.0.1", client.base_url.port)) as one:
        one.sendall(f"POST /v1/numbers HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: 9\r\n\r\n{{".encode())
        until(lambda: pool.taken == 1)
    until(lambda: pool.taken == 0)
    assert client.post("/v1/numbers", json={"text": "九成"}).status_code == 200
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_processes_that_do_not_start_are_told(monkeypatch):
    class Dead(Here):
        async def start(self):
            raise BrokenExecutor
    made = running.server(SETTINGS, Dead(1, 1, 1.0))
    monkeypatch.setattr(running, "server", lambda _: made)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    with pytest.raises(WqnlpError, match="E99 service: its processes do not start"):
        running.run(replace(SETTINGS, port=0), lambda *_: None)


def test_an_answer_does_not_wait_for_its_own_head():
    with running.listening("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()[:2]):
        assert listener.accept()[0].getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


# Nothing is kept

def test_nothing_posted_is_logged(caplog, capfd, monkeypatch):
    caplog.set_level(logging.DEBUG)
    secret = "机密4711"
    broken = here()
    monkeypatch.setattr(work, "summary", lambda *_: (_ for _ in ()).throw(RuntimeError(secret)))
    refusal(ask("POST", "/v1/summaries", content=secret.encode(), headers=PLAIN, app=make(SETTINGS, Here(2, 2, 9.0))), 500, "E99")
    monkeypatch.undo()
    refusal(ask("POST", f"/{secret}?q={secret}", content=secret.encode(), app=broken), 404, "E72")
    ask("POST", "/v1/summaries", files={"file": (secret, secret.encode())}, app=broken)
    ask("POST", "/v1/numbers", json={secret: secret}, app=broken)
    said = [record.getMessage() for record in caplog.records if record.name.startswith("wqnlp")]
    assert any(line.startswith("POST /v1/summaries 200 in=") for line in said)
    assert any(line.startswith("POST /v1/numbers 422 in=") and line.endswith("E72") for line in said)
    assert not [line for line in said if "4711" in line] and "4711" not in "".join(capfd.readouterr())


def test_names_are_labels_and_nothing_is_written(tmp_path, monkeypatch):
    import builtins
    import tempfile

    monkeypatch.chdir(tmp_path)
    work.warm()
    opened, real = [], builtins.open
    monkeypatch.setattr(builtins, "open", lambda path, *more, **named: (opened.append(str(path)), real(path, *more, **named))[1])
    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", lambda self: pytest.fail("a body went to the disk"))
    name = "../../etc/passwd\n2013.txt"
    refusal(ask("POST", "/v1/summaries", files={"file": (name, b"\0" * 1_900_000)}, app=here(max_bytes=2**22)), 415, "E05")
    answer = ask("POST", "/v1/summaries", files={"file": (name, TEXT.encode())})
    assert answer.json()["documents"][0]["path"] == "../../etc/passwd%0A2013.txt"      # as the client wrote it
    assert not [path for path in opened if "passwd" in path or str(tmp_path) in path] and not list(tmp_path.iterdir())


# The command

def test_without_the_extra_there_is_one_line(monkeypatch):
    monkeypatch.setattr(running, "NEEDED", ("no_such_package",))
    told = CliRunner().invoke(cli, ["serve"], prog_name="wqnlp")
    assert told.exit_code == 2 and told.output == "E51 serve: no_such_package is not installed. To do: pip install 'wqnlp[serve]'\n"


@pytest.mark.parametrize("arguments", [["--host", "0.0.0.0"], ["--token", "short"]])
def test_the_command_refuses_what_is_not_safe(arguments, monkeypatch):
    monkeypatch.delenv("WQNLP_TOKEN", raising=False)
    told = CliRunner().invoke(cli, ["serve", *arguments], prog_name="wqnlp")
    assert told.exit_code == 2 and told.output.startswith("E74 ") and "To do: " in told.output


def test_a_port_in_use_is_one_line():
    with socket.create_server(("127.0.0.1", 0)) as other:
        told = CliRunner().invoke(cli, ["serve", "--port", str(other.getsockname()[1]), "--workers", "1"], prog_name="wqnlp")
    assert told.exit_code == 2 and told.output.startswith("E74 127.0.0.1:")


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_the_command_answers_what_it_has_and_ends(ending):
    process = subprocess.Popen([sys.executable, "-m", "wqnlp", "serve", "--port", "0", "--workers", "1", "--timeout", "20"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               env={key: value for key, value in os.environ.items() if key != "WQNLP_TOKEN"})
    url = process.stdout.readline().split()[-1]
    token = process.stdout.readline().split()[-1]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/plain"}
    first = len(httpx.post(f"{url}/v1/summaries", content=TEXT.encode(), headers=headers, timeout=30).content)
    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(httpx.post, f"{url}/v1/summaries", content=LONG, headers=headers, timeout=30)
        time.sleep(0.5)
        process.send_signal(ending)
        second = len(answer.result().content)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0 and out == "" and token not in err
    assert [line.split(" ", 2)[2].split(" ms=")[0] for line in err.splitlines()] == [
        f"POST /v1/summaries 200 in={len(content)} out={size}" for content, size in ((TEXT.encode(), first), (LONG, second))]
