"""Broken files are moved beside the inbox, each with its reason. Moving may be cut off anywhere and done again."""

from __future__ import annotations

import errno
import filecmp
import os
import shutil

from wqnlp.errors import Unwritable

SUFFIX = ".reason.txt"


def beside(inbox: str) -> str:
    """The quarantine folder of an inbox.

    >>> beside("/archive/inbox/")
    '/archive/inbox-quarantine'
    """
    return os.path.normpath(inbox) + "-quarantine"


def put_away(path: str, folder: str, sha256: str, reason: str) -> str:
    """Move a file into the quarantine folder with `NAME.reason.txt`; where it now is.

    The reason is there before the file is, so a file never lies there unexplained. A file of the same name with other
    bytes is left alone: the newcomer's name gets a piece of its hash. Raises `Unwritable` (E21).
    """
    try:
        os.makedirs(folder, exist_ok=True)
        target = _free(path, folder, sha256)
        _write(target + SUFFIX, reason)
        _move(path, target)
    except OSError as fault:
        raise Unwritable("E21", folder, f"the quarantine folder cannot be written ({fault.strerror})",
                         "name another one with --quarantine") from fault
    return target


def _free(path: str, folder: str, sha256: str) -> str:
    """A name in the folder that is free, or held by the very same bytes."""
    name = os.path.basename(path)
    target = os.path.join(folder, name)
    if os.path.exists(target) and not _same(path, target):
        stem, dot, ending = name.rpartition(".")
        target = os.path.join(folder, f"{stem}-{sha256[:8]}.{ending}" if dot else f"{name}-{sha256[:8]}")
    return target


def _same(one: str, other: str) -> bool:
    try:
        return filecmp.cmp(one, other, shallow=False)
    except OSError:
        return False


def _write(path: str, text: str) -> None:
    with open(path + ".part", "w", encoding="utf-8") as file:
        file.write(text.rstrip("\n") + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".part", path)


def _move(path: str, target: str) -> None:
    try:
        os.replace(path, target)
    except OSError as fault:
        if fault.errno != errno.EXDEV:
            raise
        shutil.copy2(path, target + ".part")                # another disk: whole there before it is gone here
        os.replace(target + ".part", target)
        os.unlink(path)
