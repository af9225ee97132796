"""Bad input: one clear message that names the file and says what to do; the rest is done; nothing is lost."""

import os
from pathlib import Path

import pytest

import wqnlp
from wqnlp.pipeline import run
from wqnlp.store.batch import expand

TEXT = Path(__file__).parent / "gold" / "dev" / "texts" / "d01.txt"


def error_of(path):
    [error] = run(path).errors
    assert error.path == str(path) and str(path) in error.message and "To do: " in error.message
    assert error.message.startswith(f"{error.error} ") and error.stage == "source"
    return error.error


@pytest.mark.parametrize(("name", "content", "code"), [
    ("empty.txt", b"", "E03"), ("blank.txt", b"\n\n  \n", "E03"),
    ("zeros.txt", b"\x00" * 4096, "E05"), ("random.bin", bytes(range(256)) * 64, "E05"),
    ("picture.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + os.urandom(4000), "E16"),
    ("broken.pdf", b"%PDF-1.4\nnothing that follows", "E12")])
def test_files_that_hold_no_text(tmp_path, name, content, code):
    path = tmp_path / name
    path.write_bytes(content)
    assert error_of(path) == code


def test_a_path_that_does_not_exist(tmp_path):
    assert error_of(tmp_path / "missing.txt") == "E01"


def test_a_hundred_megabytes_are_refused_at_once(tmp_path):
    path = tmp_path / "big.txt"
    with path.open("wb") as file:
        file.truncate(100 * 2**20)       # sparse: no disk is used
    assert error_of(path) == "E04"


def test_bytes_of_no_encoding(tmp_path):
    path = tmp_path / "odd.txt"
    path.write_bytes(b"\x81\x20\xfe\xff\x80\x80\x9f\xff" * 200)
    assert error_of(path) in ("E05", "E06")


@pytest.mark.parametrize("text", ["今年工作取得了新的进步，妇女群众的获得感不断增强。", "县妇联维权工作总结", "。"])
def test_a_summary_with_no_figure_is_no_error(tmp_path, text):
    path = tmp_path / "plain.txt"
    path.write_text(text, "utf-8")
    made = run(path)
    assert made.errors == [] and made.figures == []


@pytest.mark.parametrize("text", ["1234567890" * 100, "12 34 56\n78 90", "1" * 5000, "3.3.3.3,,,4", "９" * 400])
def test_digits_alone_are_set_aside(tmp_path, text):
    path = tmp_path / "digits.txt"
    path.write_text(text, "utf-8")
    made = run(path)
    assert made.errors == [] and made.figures == []


def test_a_folder_with_nothing_in_it(tmp_path):
    assert expand([tmp_path]) == [str(tmp_path)]
    assert error_of(tmp_path) == "E03"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize("folder", [True, False])
def test_without_permission(tmp_path, folder):
    path = tmp_path / "closed"
    path.mkdir() if folder else path.write_text("x")
    path.chmod(0)
    try:
        assert error_of(path) == "E02"
    finally:
        path.chmod(0o700)


def test_a_folder_that_may_not_be_listed(tmp_path, monkeypatch):
    closed = tmp_path / "closed"
    closed.mkdir()
    (tmp_path / "a.txt").write_bytes(TEXT.read_bytes())

    def refused(path):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr("wqnlp.pipeline.os.listdir", refused)
    assert error_of(closed) == "E02"


def test_nothing_written_before_is_lost_when_a_late_file_breaks(tmp_path):
    good, bad = tmp_path / "a.txt", tmp_path / "b.txt"
    good.write_bytes(TEXT.read_bytes())
    bad.write_bytes(b"\x00\x01" * 999)
    done = wqnlp.extract([good, bad, good], tmp_path / "out", store=tmp_path / "x.db")
    assert [e.error for e in done.errors] == ["E05"]
    lines = (tmp_path / "out" / "figures.jsonl").read_text("utf-8").splitlines()
    with wqnlp.open_store(tmp_path / "x.db") as library:
        assert len(lines) == len(library.figures()) == len(wqnlp.read(good).figures) > 20
        assert list(library.table("errors").error) == ["E05"]


def test_a_stop_in_the_middle_keeps_what_was_written(tmp_path):
    for name in "abc":
        (tmp_path / f"{name}.txt").write_text(TEXT.read_text("utf-8") + name, "utf-8")

    def stops(result):
        if result.path.endswith("b.txt"):
            raise KeyboardInterrupt

    def extract(**more):
        return wqnlp.extract([tmp_path / f"{n}.txt" for n in "abc"], tmp_path / "out", store=tmp_path / "x.db", **more)

    with pytest.raises(KeyboardInterrupt):
        extract(watch=stops)
    assert [path.name for path in (tmp_path / "out").iterdir()] == [".wqnlp-run.db"]
    with wqnlp.open_store(tmp_path / "x.db") as library:
        assert len(library.documents()) == 2
    done = extract()
    assert (done.files, done.kept) == (3, 2)
    assert len((tmp_path / "out" / "documents.jsonl").read_text("utf-8").splitlines()) == 3
