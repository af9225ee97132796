"""Archives: every file in them is read as one of its own, what cannot be is named, and no bomb goes off."""

import bz2
import gzip
import json
import lzma
import os
import shutil
import struct
import tarfile
import tempfile
import time
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packing import bomb, overlapping, tarred, text, zipped

import wqnlp
from wqnlp import source
from wqnlp.cli import cli
from wqnlp.errors import CODES, Unreadable
from wqnlp.pipeline import run
from wqnlp.source import Unpacking, members, packed
from wqnlp.store.batch import expand

TEXTS = Path(__file__).parent / "gold" / "dev" / "texts"


def put(folder: Path, name: str, data: bytes) -> str:
    (folder / name).write_bytes(data)
    return str(folder / name)


def told(path: str, limits: Unpacking | None = None) -> dict[str, str]:
    """Of each file in an archive its year, or the code of its error."""
    out = {}
    for one in members(path, limits) or [path]:
        try:
            out[one.removeprefix(path)] = source.read(one).text[5:9]
        except Unreadable as fault:
            assert one in str(fault) and fault.code in CODES
            out[one.removeprefix(path)] = fault.code
    return out


def seven(*given: tuple[str, bytes], **more: object) -> bytes:
    import io

    import py7zr

    held = io.BytesIO()
    with py7zr.SevenZipFile(held, "w", **more) as archive:
        for name, data in given:
            archive.writestr(data, name)
    return held.getvalue()


PAIR = (("县妇联/2009年总结.txt", text(2009)), ("县妇联/2010年总结.txt", text(2010, "gb18030")))
READ = {"!县妇联/2009年总结.txt": "2009", "!县妇联/2010年总结.txt": "2010"}


@pytest.mark.parametrize(("name", "data"), [
    ("utf8.zip", zipped(*PAIR)), ("gbk.zip", zipped(*PAIR, encoding="gbk")), ("stored.zip", zipped(*PAIR, stored=True)),
    ("wrong_suffix.doc", zipped(*PAIR)), ("utf8_without_flag.zip", zipped(*PAIR, encoding="utf-8")),
    ("a.tar", tarred(*PAIR)), ("a.tar.gz", tarred(*PAIR, mode="w:gz")), ("a.tar.bz2", tarred(*PAIR, mode="w:bz2")),
    ("a.tar.xz", tarred(*PAIR, mode="w:xz")), ("gbk.tar", tarred(*PAIR, encoding="gbk")), ("a.7z", seven(*PAIR)),
    ("windows.zip", zipped(*[(name.replace("/", "\\"), data) for name, data in PAIR], encoding="gbk")),
])
def test_every_file_is_read_under_its_own_name(tmp_path, name, data):
    assert told(put(tmp_path, name, data)) == READ


@pytest.mark.parametrize("names", [["縣婦聯總結.txt", "誠信/功許.txt"], ["總結.txt"]])
def test_names_in_big5_and_with_a_backslash_in_a_character(tmp_path, names):
    path = put(tmp_path, "a.zip", zipped(*[(name, text()) for name in names], encoding="big5"))
    assert list(told(path)) == ["!" + name for name in names]


def test_a_name_is_latin_where_it_is_nothing_else(tmp_path):
    assert list(told(put(tmp_path, "a.zip", zipped(("résumé.txt", text()), encoding="cp437")))) == ["!résumé.txt"]


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)])
def test_one_file_packed_by_itself(tmp_path, suffix, pack):
    assert told(put(tmp_path, f"总结.txt{suffix}", pack(text()))) == {"!总结.txt": "2009"}
    assert told(put(tmp_path, "x", pack(text()))) == {"!x": "2009"}


def test_gzip_notes_a_name(tmp_path):
    import io

    held = io.BytesIO()
    with gzip.GzipFile("dir/2009.txt", "wb", fileobj=held) as file:
        file.write(text())
    assert told(put(tmp_path, "x.gz", held.getvalue())) == {"!2009.txt": "2009"}


def test_archives_in_archives(tmp_path):
    inner = zipped(("总结!.txt", text(2011)), ("b.exe", b"MZ" + bytes(99)), encoding="gbk")
    middle = tarred(("旧/a.zip", inner), ("x.txt.gz", gzip.compress(text(2012))), mode="w:gz")
    whole = seven(("年报.tar.gz", middle), ("y.txt", text(2013)))
    assert told(put(tmp_path, "all.7z", whole)) == {
        "!年报.tar.gz!旧/a.zip!总结!.txt": "2011", "!年报.tar.gz!旧/a.zip!b.exe": "E05", "!年报.tar.gz!x.txt.gz!x.txt": "2012",
        "!y.txt": "2013"}


def test_documents_are_no_archives(tmp_path):
    parts = [("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>")]
    opendocument = [("mimetype", b"application/epub+zip"), ("META-INF/container.xml", b"<c/>")]
    for number, document in enumerate((parts, parts[::-1], opendocument, [("META-INF/MANIFEST.MF", b"x"), ("A.class", b"x")])):
        path = put(tmp_path, f"{number}", zipped(*document))
        assert members(path) is None and expand([path]) == [path]
    folder = put(tmp_path, "folder.zip", zipped(("word/2009.txt", text()), ("xl/2010.txt", text(2010))))
    assert told(folder) == {"!word/2009.txt": "2009", "!xl/2010.txt": "2010"}
    assert members(put(tmp_path, "both.zip", zipped(("a.docx", zipped(*parts)), ("b.zip", zipped(*PAIR)))))[0].endswith("!a.docx")


def test_a_zipped_document_goes_to_its_reader(tmp_path, monkeypatch):
    class Docx:
        name, suffixes = "docx", (".docx",)

        def sniff(self, head):
            return head[30:].startswith(b"[Content_Types].xml")

        def read(self, path, data):
            return source.Content(text="word", decoding=source.Decoding(encoding="docx", reason="", confidence=1.0))

    monkeypatch.setattr(source.reading, "READERS", (Docx(), source.reading.READERS[-1]))
    parts = [("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>")]
    path = put(tmp_path, "a.zip", zipped(("1.docx", zipped(*parts)), ("2.docx", zipped(*parts[::-1]))))
    assert [source.read(one).format for one in members(path)] == ["docx", "docx"]


def test_what_systems_leave_behind_is_left_out(tmp_path):
    path = put(tmp_path, "a.zip", zipped(("__MACOSX/._a.txt", b"x"), ("总结/Thumbs.db", b"x"), ("~$a.doc", b"x"), ("d/", b""),
                                         (".git/x.txt", b"x"), ("./a.txt", text())))
    assert told(path) == {"!./a.txt": "2009"}


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_names_that_point_outside_are_read_and_written_nowhere(tmp_path, pack):
    path = put(tmp_path, "a", pack(("../../up.txt", text(2001)), ("/etc/abs.txt", text(2002)), ("C:\\x.txt", text(2003))))
    before = sorted(tmp_path.rglob("*"))
    assert sorted(told(path).values()) == ["2001", "2002", "2003"] and sorted(tmp_path.rglob("*")) == before


def test_links_and_devices_are_named_and_not_followed(tmp_path):
    path = put(tmp_path, "a.tar", tarred(("a.txt", text()), 软=tarfile.SYMTYPE, 硬=tarfile.LNKTYPE, null=tarfile.CHRTYPE,
                                         sda=tarfile.BLKTYPE, pipe=tarfile.FIFOTYPE))
    assert told(path) == {"!a.txt": "2009"} | dict.fromkeys(["!软", "!硬", "!null", "!sda", "!pipe"], "E05")
    assert "/etc/passwd" in run(f"{path}!软").errors[0].message


def test_files_of_one_name_are_told_apart(tmp_path):
    with pytest.warns(UserWarning):
        data = zipped(("a.txt", text(2001)), ("a.txt", text(2002)), ("a.txt#2", text(2003)))
    assert told(put(tmp_path, "a.zip", data)) == {"!a.txt": "2001", "!a.txt#2": "2002", "!a.txt#2#2": "2003"}


def test_a_broken_member_costs_no_other(tmp_path):
    data = bytearray(zipped(("a.txt", text(2001)), ("b.txt", text(2002)), ("c.txt", text(2003)), stored=True))
    data[data.find(text(2002)) + 10] ^= 1
    assert told(put(tmp_path, "a.zip", bytes(data))) == {"!a.txt": "2001", "!b.txt": "E18", "!c.txt": "2003"}


def test_a_zip_of_the_large_kind(tmp_path):
    import io
    import zipfile

    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive, archive.open("总结.txt", "w", force_zip64=True) as file:
        file.write(text())
    assert told(put(tmp_path, "a.zip", held.getvalue())) == {"!总结.txt": "2009"}


def test_an_archive_stays_readable_long_after_it_was_listed(tmp_path, monkeypatch):
    path = put(tmp_path, "a.tar.gz", tarred(*PAIR, mode="w:gz"))
    first, second = members(path)
    assert source.read(first).text
    monkeypatch.setattr("wqnlp.source.packed_base.time.monotonic", lambda: 1e9)
    assert source.read(second).text


def test_encrypted_members_are_named(tmp_path):
    data = bytearray(zipped(("a.txt", text(2001)), ("b.txt", text(2002))))
    data[data.find(b"PK\1\2") + 8] |= 1
    assert told(put(tmp_path, "a.zip", bytes(data))) == {"!a.txt": "E18", "!b.txt": "2002"}
    assert "encrypted" in run(str(tmp_path / "a.zip!a.txt")).errors[0].message
    assert told(put(tmp_path, "a.7z", seven(*PAIR, password="secret"))) == dict.fromkeys(READ, "E18")
    locked = put(tmp_path, "b.7z", seven(*PAIR, password="secret", header_encryption=True))
    assert told(locked) == {"": "E18"} and "encrypted" in run(locked).errors[0].message


def test_a_method_that_is_not_read(tmp_path):
    data = bytearray(zipped(("a.txt", text())))
    at = data.find(b"PK\1\2")
    data[8:10] = data[at + 10:at + 12] = struct.pack("<H", 98)
    path = put(tmp_path, "a.zip", bytes(data))
    assert told(path) == {"!a.txt": "E18"} and "type 98" in run(path + "!a.txt").errors[0].message


@pytest.mark.parametrize(("data", "first"), [
    (zipped(*PAIR), False), (tarred(*PAIR), True), (tarred(*PAIR, mode="w:gz"), False), (seven(*PAIR), False)])
def test_an_archive_that_is_cut_off(tmp_path, data, first):
    for share in (0.4, 0.6, 0.9):
        path = put(tmp_path, "cut", data[:int(len(data) * share)])
        found = told(path)
        assert set(found.values()) <= {"2009", "2010", "E18", "E05", "E06"} and ("E18" in found.values() or first), (share, found)


def test_a_tar_that_is_broken_in_the_middle_keeps_what_came_before(tmp_path):
    data = bytearray(tarred(("a.txt", text(2001)), ("b.txt", text(2002)), ("c.txt", text(2003))))
    data[1024 + 148:1024 + 156] = b"brokensu"
    path = put(tmp_path, "a.tar", bytes(data))
    assert told(path) == {"!a.txt": "2001", "": "E18"} and "after 1 files" in run(path).errors[0].message


@pytest.mark.parametrize("data", [zipped(), tarred(), zipped(("d/", b"")), seven()])
def test_an_archive_with_nothing_in_it(tmp_path, data):
    path = put(tmp_path, "a", data)
    assert expand([path]) == [path] and run(path).errors[0].error in ("E03", "E05")


def test_rar_is_named(tmp_path):
    path = put(tmp_path, "a.rar", b"Rar!\x1a\x07\x01\x00" + bytes(200))
    assert told(path) == {"": "E05"} and "RAR" in run(path).errors[0].message


# --- bombs


def test_zeros_are_not_unfolded(tmp_path):
    path = put(tmp_path, "a.zip", zipped(("0.txt", bytes(100 * 2**20)), ("a.txt", text())))
    assert told(path) == {"!0.txt": "E19", "!a.txt": "2009"}


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, lambda data: tarred(("0.txt", data), ("a.txt", text()), mode="w:gz")])
def test_streams_of_zeros_end_at_the_limit(tmp_path, pack):
    path = put(tmp_path, "a", pack(bytes(100 * 2**20)))
    started = time.monotonic()
    assert set(told(path).values()) <= {"E04", "E19"} and time.monotonic() - started < 10


def test_members_that_share_their_bytes(tmp_path):
    assert set(told(put(tmp_path, "a.zip", overlapping())).values()) == {"E19"}


@pytest.mark.parametrize("depth", [2, 4, 7])
def test_nested_bombs(tmp_path, depth):
    path = put(tmp_path, "42.zip", bomb(depth))
    started = time.monotonic()
    found = members(path)
    assert time.monotonic() - started < 20 and found[-1] == path and len(found) < 3000
    assert run(path).errors[0].error == "E19"


def test_depth_is_limited(tmp_path):
    data = zipped(("a.txt", text()))
    for _ in range(4):
        data = zipped(("a.zip", data))
    path = put(tmp_path, "a.zip", data)
    assert told(path) == {"!a.zip" * 4 + "!a.txt": "2009"}
    [deep] = members(path, Unpacking(depth=3))
    assert deep == path + "!a.zip" * 3


@pytest.mark.parametrize(("limits", "read"), [
    (Unpacking(members=3), 3), (Unpacking(bytes=2 * len(text())), 2), (Unpacking(seconds=0.0), 0)])
def test_limits_of_number_size_and_time(tmp_path, monkeypatch, limits, read):
    path = put(tmp_path, "a.zip", zipped(*[(f"{n}.txt", text(2000 + n)) for n in range(6)]))
    found = members(path, limits)
    assert len(found) == read + 1 and found[-1] == path
    monkeypatch.setenv("WQNLP_UNPACK_MEMBERS", str(limits.members))
    monkeypatch.setenv("WQNLP_UNPACK_BYTES", str(limits.bytes))
    monkeypatch.setenv("WQNLP_UNPACK_SECONDS", str(limits.seconds))
    assert run(path).errors[0].error == "E19" and Unpacking.from_environment() == limits


def test_a_member_over_its_limit(tmp_path, monkeypatch):
    monkeypatch.setenv("WQNLP_UNPACK_MEMBER_BYTES", "100")
    assert told(put(tmp_path, "a.zip", zipped(("a.txt", text()), ("b.txt", text() * 9)))) == {"!a.txt": "2009", "!b.txt": "E04"}


@pytest.mark.slow
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_a_hundred_thousand_members(tmp_path, pack):
    path = put(tmp_path, "a", pack(*[(f"{n // 1000}/{n}.txt", b"%d" % n) for n in range(100_000)]))
    started = time.monotonic()
    found = members(path)
    assert len(found) == 100_000 and time.monotonic() - started < 60
    started = time.monotonic()
    for one in found[-1000:]:
        assert source.read(one).text == one.rpartition("/")[2].removesuffix(".txt")
    assert time.monotonic() - started < 60


# --- mail


def mail(**headers: str) -> EmailMessage:
    made = EmailMessage()
    for name, value in ({"From": "县妇联 <a@example.com>", "To": "b@example.com", "Subject": "报送总结"} | headers).items():
        made[name] = value
    return made


def test_mail_gives_its_text_and_what_is_attached(tmp_path):
    inner = mail(Subject="转发")
    inner.set_content(text(2003).decode(), charset="gb18030", cte="base64")
    letter = mail()
    letter.set_content(text(2001).decode())
    letter.add_alternative("<p>总结</p>", subtype="html")
    letter.add_attachment(text(2002), "application", "octet-stream", filename="县妇联 总结.txt")
    letter.add_attachment(inner)
    letter.add_attachment(zipped(*PAIR), "application", "zip", filename="包.zip")
    path = put(tmp_path, "a.eml", letter.as_bytes())
    assert told(path) == {"!正文.txt": "2001", "!县妇联 总结.txt": "2002", "!转发.eml!正文.txt": "2003"} | {
        f"!包.zip{name}": year for name, year in READ.items()}


def test_a_subject_that_is_no_base64_costs_nothing(tmp_path):
    data = (b"From: a@example.com\r\nTo: b@example.com\r\nSubject: =?utf-8?B?a?=\r\nMIME-Version: 1.0\r\n"
            b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: application/octet-stream\r\n"
            b'Content-Disposition: attachment; filename="=?utf-8?B?a?="\r\n\r\n' + text() + b"\r\n--x--\r\n")
    assert list(told(put(tmp_path, "a.eml", data)).values()) == ["2009"]


@pytest.mark.parametrize("name", [
    'filename="=?gb2312?B?1+y94S50eHQ=?="', 'filename="=?gb2312?B?1+y94S50eHQ=?="; size=3', "filename*=gb2312''%D7%EC%BD%E1.txt",
    "filename*0*=utf-8''%E5%98%B4;\r\n filename*1*=%E7%BB%93.txt", 'filename="\xd7\xec\xbd\xe1.txt"',
    'filename="../../嘴结.txt"'.encode().decode("latin-1")])
def test_names_of_attachments(tmp_path, name):
    data = (b"From: a@example.com\r\nTo: b@example.com\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
            b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: 8bit\r\nContent-Disposition: attachment; "
            + name.encode("latin-1") + b"\r\n\r\n" + text() + b"\r\n--x--\r\n")
    assert told(put(tmp_path, "a.eml", data)) == {"!嘴结.txt": "2009"}


@pytest.mark.parametrize("head", [
    "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\n", "From: <Saved by Blink>\nSubject: x\nMIME-Version: 1.0\n\n",
    "来信: 96件\nTo: 市妇联\n", "Title: 总结\nDate: 2009\n\n", "From: here on it was quiet\nTo: be or not\n"])
def test_what_is_no_mail(tmp_path, head):
    is_letter = head.startswith("From: here")               # two fields that every mail has: it is taken for one
    assert (members(put(tmp_path, "a", head.encode() + text())) is not None) == is_letter


def test_mail_in_mail_without_end(tmp_path):
    data = text()
    for _ in range(400):
        data = b"From: a\nTo: b\nMIME-Version: 1.0\nContent-Type: message/rfc822\n\n" + data
    found = told(put(tmp_path, "a.eml", data))
    assert set(found.values()) <= {"E18", "E19", "2009"}


# --- runs


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_over_folders_and_archives(tmp_path, workers):
    folder = tmp_path / "in"
    folder.mkdir()
    gold = sorted(TEXTS.glob("*.txt"))[:4]
    for one in gold[:2]:
        shutil.copy(one, folder)
    put(folder, "m.zip", zipped(*[(f"总结/{one.name}", one.read_bytes()) for one in gold], ("bad.exe", b"MZ" + bytes(99)),
                                encoding="gbk"))
    done = wqnlp.extract([folder], tmp_path / "out", store=tmp_path / "x.db", workers=workers)
    assert done.files == 7 and [e.path for e in done.errors] == [f"{folder}/m.zip!bad.exe"]
    assert done.repeated == [(f"{folder}/m.zip!总结/{one.name}", f"{folder}/{one.name}") for one in gold[:2]]
    rows = [json.loads(line) for line in (tmp_path / "out" / "documents.jsonl").read_text("utf-8").splitlines()]
    assert sorted({row["path"] for row in rows}) == [f"{folder}/{gold[0].name}", f"{folder}/{gold[1].name}",
                                                     *(f"{folder}/m.zip!总结/{one.name}" for one in gold[2:])]


def test_the_commands_take_a_path_in_an_archive(tmp_path):
    from click.testing import CliRunner

    path = put(tmp_path, "a.zip", zipped(("总结/2009.txt", text()), ("x.bin", bytes(99))))
    shown = CliRunner().invoke(cli, ["show", f"{path}!总结/2009.txt"])
    assert shown.exit_code == 0 and "109件" in shown.output
    store = tmp_path / "x.db"
    done = CliRunner().invoke(cli, ["extract", path, "--store", str(store)])
    assert done.exit_code == 3 and f"{path}!x.bin" in done.output
    with wqnlp.open_store(store) as library:
        figure = library.figures().iloc[0]
    explained = CliRunner().invoke(cli, ["explain", str(figure["id"]), "--store", str(store)])
    assert explained.exit_code == 0 and f"{path}!总结/2009.txt" in explained.output
    one = CliRunner().invoke(cli, ["extract", f"{path}!总结/2009.txt", "-o", str(tmp_path / "out")])
    assert one.exit_code == 0, one.output
    whole = CliRunner().invoke(cli, ["show", path])
    assert whole.exit_code == 3 and "!总结/2009.txt" in whole.output


def test_paths_that_only_look_so(tmp_path):
    (tmp_path / "喜讯!").mkdir()
    plain = put(tmp_path / "喜讯!", "好!.txt", text())
    assert expand([plain]) == [plain] and source.read(plain).text.startswith("江平")
    for missing in ("a!b.txt", "喜讯!/好!.txt!x", "no.zip!x.txt"):
        assert run(str(tmp_path / missing)).errors[0].error == "E01"
    path = put(tmp_path / "喜讯!", "a!.zip", zipped(*PAIR))
    assert told(path) == READ and run(f"{path}!x.txt").errors[0].error == "E01"


def test_an_archive_that_changes_is_read_anew(tmp_path):
    path = put(tmp_path, "a.zip", zipped(("a.txt", text(2001))))
    assert source.read(path + "!a.txt").text[5:9] == "2001"
    put(tmp_path, "a.zip", zipped(("b.txt", b"x"), ("a.txt", text(2002))))
    assert source.read(path + "!a.txt").text[5:9] == "2002"


def test_a_watched_archive_is_read_and_stays(tmp_path):
    from wqnlp.watch import Watcher

    inbox = tmp_path / "in"
    inbox.mkdir()
    path = put(inbox, "a.zip", zipped(*PAIR, ("x.bin", bytes(99))))
    empty = put(inbox, "b.zip", zipped(("x.bin", bytes(99))))
    with Watcher(inbox, tmp_path / "x.db", settle=0.0) as watcher:
        seen = [(one.path, one.state) for one in watcher.once()]
    assert seen == [*((path + name, "stored") for name in READ), (f"{path}!x.bin", "unread"), (empty, "quarantined")]
    assert Path(path).exists() and not Path(empty).exists()
    with Watcher(inbox, tmp_path / "x.db", settle=0.0) as watcher:
        assert list(watcher.once()) == []


def test_nothing_is_left_in_the_folder_for_temporary_files(tmp_path, monkeypatch):
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.setattr(packed, "IN_MEMORY", 10)
    monkeypatch.setattr("wqnlp.source.packed_7z.IN_MEMORY", 10)
    path = put(tmp_path, "a.7z", seven(("a.zip", zipped(*PAIR))))
    assert list(told(path).values()) == ["2009", "2010"] and not any((tmp_path / "tmp").iterdir())


# --- fuzz


SEEDS = {"zip": zipped(("a.txt", text()), ("b.zip", zipped(*PAIR)), encoding="gbk"), "tar": tarred(*PAIR, ln=tarfile.SYMTYPE),
         "tgz": tarred(*PAIR, mode="w:gz"), "xz": tarred(*PAIR, mode="w:xz"), "7z": seven(*PAIR), "gz": gzip.compress(text())}
LETTER = mail()
LETTER.set_content(text(2001).decode())
LETTER.add_attachment(SEEDS["zip"], "application", "zip", filename="县妇联 总结.zip")
SEEDS["eml"] = LETTER.as_bytes()


@pytest.mark.parametrize("kind", SEEDS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=6), cut=st.integers(0, 400))
def test_broken_archives_give_rows_and_nothing_else(tmp_path, kind, changes, cut):
    data = bytearray(SEEDS[kind])
    for at, value in changes:
        data[at % len(data)] = value
    path = put(tmp_path, "fuzzed", bytes(data[:len(data) - (cut if cut < 40 else 0)]))
    listed = members(path) or [path]
    for one in listed:
        try:
            source.read(one)
        except Unreadable as fault:
            assert fault.code in CODES and one in str(fault)
    assert os.listdir(tmp_path) == ["fuzzed"]
