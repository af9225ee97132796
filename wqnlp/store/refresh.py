"""A library read again where a new version would read it otherwise: those files alone, and of them what differs."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from wqnlp.audits import body_of
from wqnlp.errors import NotInLibrary
from wqnlp.guard import Limits, usual
from wqnlp.pipeline import Result, run_many, run_source
from wqnlp.source import Input, digest, gather
from wqnlp.store.database import Store
from wqnlp.store.reader import Held, Reader
from wqnlp.store.replace import Change, Changes
from wqnlp.store.stamp import current
from wqnlp.store.where import Where


@dataclass(slots=True)
class Refreshed:
    """What was done: files in question, those that other rules or models had read, from where they were read again."""

    files: int = 0
    stale: int = 0
    from_files: int = 0
    from_texts: int = 0
    changed: int = 0                     # files of which some row differs
    new: Counter[str] = field(default_factory=Counter)
    gone: Counter[str] = field(default_factory=Counter)
    left: list[tuple[str, str]] = field(default_factory=list)      # files that stay as they are, and why

    def add(self, changes: Changes) -> None:
        """What one file changed."""
        self.changed += bool(changes)
        for table, change in changes.items():
            self.new[table] += change.new
            self.gone[table] += change.gone

    def tables(self) -> dict[str, Change]:
        """Rows that are new and rows that are gone, by table."""
        return {table: Change(self.new[table], self.gone[table]) for table in sorted(self.new | self.gone)}


def refresh(where: Where, paths: Sequence[str | os.PathLike[str]] = (), *, dry_run: bool = False, workers: int = 1,
            watch: Callable[[Held], object] | None = None, limits: Limits | None = None) -> Refreshed:
    """Read again what other rules or models than those of now had read, and put in what differs.

    `paths` are files and folders of the library; none means all. A file is read from where it was, if the same bytes
    are there, and else from its text in the library. With `dry_run` nothing is written. A file that cannot be had, or
    that a stage fails on now, stays as it is (`left`). `watch` is called as each is dealt with;
    `limits` are those of `extract`. Raises `NotInLibrary`
    (E61) for a path that the library has nothing of, and as `Store` does.
    """
    done = Refreshed()
    with Store(where, new=False) as store, Reader(where) as reader:
        chosen = _chosen(reader.files(), paths, store.path)
        stale = [held for held in chosen if held.stamp != current()]
        done.files, done.stale = len(chosen), len(stale)
        bodies: set[str] = set()
        for held, result in _read(stale, reader, workers, limits or usual(), done):
            changes = store.changes(result) if dry_run else store.write(result)
            done.add(changes)
            if changes:
                bodies |= {body for document in result.documents if (body := body_of(document)) is not None}
            if watch is not None:
                watch(held)
        for body in () if dry_run else sorted(bodies | set(store.pending())):
            change = store.related(body)
            done.new["audits"] += change.new
            done.gone["audits"] += change.gone
    return done


def _chosen(files: Iterable[Held], paths: Sequence[str | os.PathLike[str]], library: str) -> list[Held]:
    asked = {os.path.abspath(path): os.fspath(path) for path in paths}
    found, hit = [], set[str]()
    for held in files:
        own = os.path.abspath(held.path)
        over = [path for path in asked if own == path or own.startswith(path.rstrip(os.sep) + os.sep)]
        hit.update(over)
        if over or not asked:
            found.append(held)
    for path in asked.keys() - hit:
        raise NotInLibrary("E61", asked[path], f"{library} has no file of that path, or under it",
                           "paths stand in the column path of documents")
    return found


def _read(stale: Iterable[Held], reader: Reader, workers: int, limits: Limits | None, done: Refreshed
          ) -> Iterator[tuple[Held, Result]]:
    """Each file as it is read now: those that are where they were, then those that only their texts are left of."""
    there: dict[str, tuple[Held, Input]] = {}
    texts = []
    for held in stale:
        given = _as_it_was(held)
        if given is None:
            texts.append(held)
        else:
            there[held.path] = held, given
    for result in run_many([given for _, given in there.values()], workers, limits=limits):
        held = there[result.path][0]
        if result.source is None or result.source.sha256 != held.sha256:
            texts.append(held)           # it vanished or changed since it was looked at
        elif _sound(result, done):
            done.from_files += 1
            yield held, result
    for held in texts:
        if not held.whole:
            done.left.append((held.path, "its file is not there any more with the same bytes, and the library does not know "
                                         "how its text was laid out (it was read by an earlier version)"))
            continue
        result = run_source(reader.source(held.sha12))
        if _sound(result, done):
            done.from_texts += 1
            yield held, result


def _sound(result: Result, done: Refreshed) -> bool:
    if result.errors:
        done.left.append((result.path, "; ".join(error.message for error in result.errors)))
    return not result.errors


def _as_it_was(held: Held) -> Input | None:
    """What to read: the file, or the pages that were read as one with it; None where the bytes are not there any more."""
    archive, inside, _ = held.path.partition("!")
    if inside and os.path.isfile(archive) and not os.path.exists(held.path):
        return held.path                 # whether its bytes are the same is seen when it is read
    try:
        if digest(held.path) == held.sha256:
            return held.path
        folder = os.path.dirname(held.path)
        beside = sorted(os.path.join(folder, name) for name in os.listdir(folder or "."))
    except (OSError, ValueError):
        return None
    return next((pages for pages in gather(path for path in beside if os.path.isfile(path))
                 if isinstance(pages, tuple) and pages[0] == held.path), None) if held.format == "html" else None
