"""The watcher: settled files through the pipeline into the library, one transaction each, told as they land.

A restart loses nothing: a file stays where it was dropped, and what is not in the library is read again. It does
nothing twice: bytes that the library holds are known by their hash, and the rows of a file and the note of its arrival
are one transaction.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from wqnlp.compare.tables import documents_of, figures_of
from wqnlp.copies import find_copies
from wqnlp.desk.look import lines, look, text_of
from wqnlp.errors import Unreadable, Unwritable
from wqnlp.guard import Limits
from wqnlp.library import Library
from wqnlp.pipeline import Kept, Result, run
from wqnlp.records import ErrorRow
from wqnlp.source import Input, State, digest, gather, looks_packed, state
from wqnlp.source.gather import SUFFIXES as PAGES
from wqnlp.store.batch import expand
from wqnlp.store.database import Arrival, Store
from wqnlp.store.engine import PATIENCE, server_went
from wqnlp.store.where import Where
from wqnlp.watch.alone import Alone
from wqnlp.watch.inbox import Inbox, files
from wqnlp.watch.quarantine import beside, put_away

WAIT_AGAIN = ("E01", "E07")              # the file vanished or changed while it was read
RISKY = 2                                # times a file was begun and not finished: then a process of its own reads it first
PROBE = [sys.executable, "-m", "wqnlp", "classify"]
COMPARED = 60                            # earlier summaries of the same place that a new one is held against


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of one file."""

    path: str
    state: str                           # stored, known, quarantined; unread: in an archive that stays
    seen: dict[str, Any] = field(default_factory=dict)     # what `wqnlp.desk.look.look` gives
    reason: str = ""
    moved_to: str = ""
    seconds: float = 0.0

    def as_json(self) -> str:
        """In one line."""
        return json.dumps(asdict(self), ensure_ascii=False)

    def lines(self) -> list[str]:
        """As a person reads it."""
        if self.state == "stored":
            return [*lines(self.seen), f"  in the library after {self.seconds:.1f} s"]
        return [f"{self.path}: {self.state}", *(f"  {line}" for line in self.reason.splitlines()),
                *([f"  moved to {self.moved_to}"] if self.moved_to else [])]


class Watcher:
    """Watches one folder for one library. Use it in a `with` block, and either `once` or `forever`."""

    def __init__(self, inbox: str | os.PathLike[str], store: Where, *,
                 quarantine: str | os.PathLike[str] | None = None, settle: float = 1.0, every: float = 0.5,
                 limits: Limits | None = None) -> None:
        self.folder, self.store, self.every = os.path.abspath(inbox), store, every
        if not os.path.isdir(self.folder):
            raise Unreadable("E01", self.folder, "there is no such folder to watch", "make it, or name another one")
        self.quarantine = os.path.abspath(quarantine) if quarantine is not None else beside(self.folder)
        self._inbox = Inbox(self.folder, settle)
        self._writer = Store(self.store)
        try:
            self._lock = Alone(self._writer, self.folder)
        except Unwritable:
            self._writer.close()
            raise
        for body in self._writer.pending():                 # of a run that was stopped
            self._writer.relate(body)
        self._library = Library(self.store)
        self._guarded = None if limits is None else Kept(limits, closing=(self._lock,))

    def once(self) -> Iterator[Told]:
        """Deal with all that lies in the folder, waiting for what is still being written, and end."""
        yield from self._settled()
        while self._inbox.waiting():
            time.sleep(min(self.every, 0.1))
            yield from self._settled()

    def forever(self, stop: Callable[[], bool] = lambda: False) -> Iterator[Told]:
        """Deal with files as they come, until `stop` says so."""
        while not stop():
            yield from self._settled()
            time.sleep(self.every)

    def _settled(self) -> Iterator[Told]:
        """What has settled. A server that goes away in the midst of it is waited for, and what was not done is done again."""
        since = None
        while True:
            try:
                for told in self._dealt_with():
                    since = None
                    yield told
                return
            except (Unreadable, Unwritable) as fault:
                since = since or time.monotonic()
                if not server_went(fault) or time.monotonic() - since > PATIENCE:
                    raise

    def _dealt_with(self) -> Iterator[Told]:
        settled = self._inbox.settled()
        if settled:
            self._lock.renew()
        articles = self._articles(settled)
        for path in settled:
            if (pages := articles.get(path)) is not None:
                if path == next(one for one in settled if articles.get(one) == pages):
                    yield from self._article(pages)
            elif looks_packed(path) and (listed := self._listed(path)) is not None:
                yield from self._unpack(path, listed)
            elif (told := self._take(path)) is not None:
                yield told

    def _articles(self, settled: list[str]) -> dict[str, tuple[str, ...]]:
        """The pages of one article among the settled files, each to all of them; those dealt with before count."""
        folders = {os.path.dirname(path) for path in settled if path.lower().endswith(PAGES)}
        beside = [path for path in files(self.folder) if os.path.dirname(path) in folders] if folders else []
        groups = [group for group in gather(beside) if isinstance(group, tuple)]
        return {path: group for group in groups for path in group if path in settled}

    def _article(self, pages: tuple[str, ...]) -> list[Told]:
        """The pages of one article as one, under the first's path, once all of them are whole; what the library held of a
        page alone goes. Pages that give no summary together are taken one by one."""
        started, before = time.monotonic(), [state(page) for page in pages]
        sha = digest(pages)
        if not all(self._inbox.whole(page) for page in pages) or sha is None:
            return []
        told: list[Told] = []
        if self._writer.holds(sha) != pages[0]:
            result = self._run(pages, sha)
            if (result.source is not None and result.source.sha256 != sha) or before != [state(page) for page in pages]:
                for page in pages:
                    self._inbox.again(page)
                return []
            if not result.documents:
                return [one for page in pages if (one := self._take(page)) is not None]
            told = [self._stored(pages[0], result, sha, started)]
            for page in pages[1:]:
                self._writer.write(Result(path=page))
        for page, seen in zip(pages, before, strict=True):
            self._inbox.done(page, seen)
        return told

    def _listed(self, path: str) -> list[str] | None:
        """The files in an archive; None where it is none."""
        listed = expand([path], self._guarded.limits if self._guarded else None)
        return None if listed == [path] else listed

    def _unpack(self, path: str, listed: list[str]) -> Iterator[Told]:
        """The files of an archive, each to the end; then a note that it is done. What is broken in it is told, and stays
        in it; an archive that gives no summary at all is broken itself."""
        started, before, sha = time.monotonic(), state(path), digest(path)
        if sha is None:
            self._inbox.again(path)
            return
        known = self._writer.arrival(sha)
        if known is not None and known.state == "unpacked":
            self._inbox.done(path, before)
            return
        reasons: list[str] = []
        held_back: list[Told] | None = []                   # until there is a summary, which the archive is kept for
        for one in listed:
            if before != state(path):
                self._inbox.again(path)
                return
            told = self._member(one)
            reasons += [told.reason] if told.state == "unread" else []
            if held_back is not None:
                held_back.append(told)
                if told.state == "unread":
                    continue
            yield from held_back or [told]
            held_back = None
        if held_back is not None:
            yield self._broken(path, sha, before, [ErrorRow(path=path, stage="source", error="", message=reason)
                                                   for reason in reasons], started)
            return
        self._writer.arrived(Arrival(sha, path, _now(), "unpacked", "\n".join(reasons)))
        self._inbox.done(path, before)

    def _member(self, path: str) -> Told:
        """One file of an archive. A restart reads it again, and its rows take the place of those before."""
        started = time.monotonic()
        result = self._guarded(path) if self._guarded else run(path)
        held = None if result.source is None else self._writer.holds(result.source.sha256)
        if held is not None:
            return Told(path=path, state="known", reason=f"the same bytes as {held}")
        if not result.documents:
            self._writer.write(Result(path=path, errors=result.errors))
            reason = "\n".join(error.message for error in result.errors) or f"{path}: no summary was found in it"
            return Told(path=path, state="unread", reason=reason)
        assert result.source is not None
        seen = look(result, self._library)
        self._writer.write(self._with_copies(result), Arrival(result.source.sha256, path, _now(), "stored",
                                                              json.dumps(seen, ensure_ascii=True)))
        return Told(path=path, state="stored", seen=seen, seconds=time.monotonic() - started)

    def _take(self, path: str) -> Told | None:
        """One settled file, to the end. None where it has to be waited for again, or was dealt with before."""
        started, before = time.monotonic(), state(path)
        sha = digest(path)
        if sha is not None and before == state(path):
            held = self._writer.holds(sha)
            if held is not None:
                self._inbox.done(path, before)
                return None if held == path else Told(path=path, state="known", reason=f"the same bytes as {held}")
            return self._read(path, sha, before, started)
        if os.path.exists(path) and before == state(path):      # there, and not to be read
            result = run(path)
            return self._broken(path, "0" * 64, before, result.errors, started) if result.source is None else None
        self._inbox.again(path)
        return None

    def _read(self, path: str, sha: str, before: State | None, started: float) -> Told | None:
        result = self._run(path, sha)
        changed = result.source is not None and result.source.sha256 != sha
        if changed or before != state(path) or (result.source is None and result.errors[0].error in WAIT_AGAIN):
            self._inbox.again(path)
            return None
        if not result.documents:
            return self._broken(path, sha, before, result.errors, started)
        told = self._stored(path, result, sha, started)
        self._inbox.done(path, before)
        return told

    def _stored(self, path: str, result: Result, sha: str, started: float) -> Told:
        seen = look(result, self._library)
        self._writer.write(self._with_copies(result), Arrival(sha, path, _now(), "stored", json.dumps(seen, ensure_ascii=True)))
        return Told(path=path, state="stored", seen=seen, seconds=time.monotonic() - started)

    def _run(self, given: Input, sha: str) -> Result:
        """The file, or the pages, through the pipeline. What ended this program twice is first read in one of its own."""
        path, paths = (given, (given,)) if isinstance(given, str) else (given[0], given)
        known = self._writer.arrival(sha)
        begun = int(known.told) if known is not None and known.state == "started" else 0
        self._writer.arrived(Arrival(sha, path, _now(), "started", str(begun + 1)))
        if self._guarded is not None:
            return self._guarded(given)
        if begun < RISKY:
            return run(given)
        # Not a pool: its worker would outlive a killed watcher, and hold the lock.
        if subprocess.run([*PROBE, *paths], stdin=subprocess.DEVNULL, capture_output=True).returncode in (0, 3):
            return run(given)
        message = str(Unreadable("E99", path, "reading it ends the process (most often too little memory)",
                                 "report this with the file"))
        return Result(path=path, errors=[ErrorRow(path=path, stage="pipeline", error="E99", message=message)])

    def _broken(self, path: str, sha: str, before: State | None, errors: list[ErrorRow], started: float) -> Told:
        reason = "\n".join(error.message for error in errors) or f"{path}: no summary was found in it"
        self._writer.arrived(Arrival(sha, path, _now(), "quarantined", reason))
        moved = put_away(path, self.quarantine, sha, reason)
        self._inbox.done(path, before)
        return Told(path=path, state="quarantined", reason=reason, moved_to=moved, seconds=time.monotonic() - started)

    def _with_copies(self, result: Result) -> Result:
        """The result with its summaries' near-copies among those of the same place in the library."""
        documents = []
        for document in result.documents:
            others = {} if document.adcode is None else self._texts(document.adcode, document.doc_id)
            if not others:
                documents.append(document)
                continue
            texts = [(document.doc_id, text_of(result, document)), *others.items()]
            known, counted = documents_of(self._library.documents(doc_id=list(others))), figures_of(
                self._library.figures(doc_id=list(others)))
            found = find_copies(texts, [document, *known], [*result.figures, *counted])
            documents.append(replace(document, copies=found.get(document.doc_id, ())))
        return replace(result, documents=documents)

    def _texts(self, adcode: str, but: str) -> dict[str, str]:
        """doc_id to repaired text of earlier summaries of a place."""
        rows = self._library.documents(adcode=adcode).head(COMPARED)
        return {str(doc_id): self._library.text(str(doc_id)) for doc_id in rows["doc_id"] if doc_id != but}

    def close(self) -> None:
        """Close the library; safe to call twice."""
        if self._guarded is not None:
            self._guarded.close()
        self._library.close()
        self._writer.close()
        self._lock.close()

    def __enter__(self) -> Watcher:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None,
                 where: TracebackType | None) -> None:
        self.close()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
