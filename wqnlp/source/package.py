"""ZIP packages of XML parts (docx, odt), opened so that a hostile file can do no harm.

Only the parts that are asked for are unpacked, and no more of them than the limits allow. XML is parsed by lxml
without a network, without entities and without a document type.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wqnlp.errors import Unreadable

if TYPE_CHECKING:
    from lxml import etree

AGAIN = "get the file again, or open it in a word processor and save it as .docx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a file may unfold to before it is refused with E14."""

    unpacked: int = 48 * 2**20          # bytes of all parts that are read
    ratio: int = 200                    # of unpacked to packed bytes, for parts of more than a megabyte
    depth: int = 24                     # tables, boxes and notes within each other


class Package:
    """The parts of a ZIP file by name. Raises `Unreadable` E13 for a broken one, E14 over a limit."""

    def __init__(self, path: str, data: bytes, limits: Limits) -> None:
        self.path, self._limits, self._read = path, limits, 0
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self._names = {name.lstrip("/"): name for name in self._zip.namelist()}
        except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, OverflowError) as error:
            raise Unreadable("E13", path, f"the document is broken or cut short ({error})", AGAIN) from error
        self._folded = {name.casefold().replace("\\", "/"): name for name in self._names}

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._folded

    def bytes(self, name: str) -> bytes:
        """A part, unpacked. The caller knows it is there."""
        true = self._names[self._folded[name.casefold()]]
        left = self._limits.unpacked - self._read
        try:
            with self._zip.open(true) as part:
                data = part.read(left + 1)
            packed = self._zip.getinfo(true).compress_size
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, KeyError,
                OverflowError) as error:
            raise Unreadable("E13", self.path, f"its part {name} is broken ({error})", AGAIN) from error
        except RuntimeError as error:           # how zipfile says that a part has a password
            raise Unreadable("E13", self.path, f"its part {name} is encrypted", "save a copy without a password") from error
        self._read += len(data)
        if self._read > self._limits.unpacked or (len(data) > 2**20 and len(data) > self._limits.ratio * max(packed, 1)):
            raise Unreadable("E14", self.path, f"its part {name} unfolds to more than the limit",
                             "do not trust it; if it is sound, save it as text")
        return data

    def xml(self, name: str) -> etree._Element:
        """A part as an XML element."""
        return parse(self.path, self.bytes(name), name)

    def related(self, name: str) -> dict[str, str]:
        """What a part refers to inside the package: the last word of the relation's type, and the part's name."""
        folder, base = posixpath.split(name)
        rels = posixpath.join(folder, "_rels", base + ".rels")
        if rels not in self:
            return {}
        found: dict[str, str] = {}
        for relation in self.xml(rels):
            kind, target = str(relation.get("Type")), str(relation.get("Target"))
            if relation.get("TargetMode") != "External":
                there = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
                found.setdefault(kind.rpartition("/")[2], there)
        return found


def parse(path: str, data: bytes, name: str = "the file") -> etree._Element:
    """XML, parsed without entities, document types or a network. Raises `Unreadable` E13."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
                             remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        deep = "depth" in str(error).casefold()
        raise Unreadable("E14" if deep else "E13", path, f"its part {name} is no sound XML ({error})", AGAIN) from error
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable("E13", path, f"its part {name} declares entities, as no word processor does", "do not trust it")
    return root
