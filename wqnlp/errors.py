"""Every exception the package raises on purpose, each with a number and a message for the reader.

A message names the file, says what was seen and what to do next. Codes never change meaning.

>>> str(Unreadable("E11", "扫描.pdf", "its 12 pages show no text", "scan it again"))
'E11 扫描.pdf: its 12 pages show no text. To do: scan it again'
"""

from __future__ import annotations

CODES: dict[str, str] = {
    "E01": "the path does not exist",
    "E02": "the path may not be read",
    "E03": "the file is empty",
    "E04": "the file is larger than the limit",
    "E05": "the file is binary, or of a kind no reader knows",
    "E06": "no encoding fits the bytes",
    "E07": "the file changed or vanished while it was read",
    "E08": "a worker of the cluster sees no such file, or another one",
    "E11": "the PDF or the image holds no text",
    "E12": "the PDF is broken or encrypted",
    "E13": "the Word document is broken or encrypted",
    "E14": "the document unfolds to more than a limit",
    "E15": "the file takes more time than the limit",
    "E16": "the image is broken",
    "E17": "the file takes more memory than the limit, or ends its process",
    "E18": "the archive, or a member of it, is broken, encrypted or cannot be unpacked",
    "E19": "the archive unfolds to more than a limit",
    "E21": "the output folder or file cannot be written",
    "E22": "the library file cannot be opened",
    "E31": "a record contradicts itself",
    "E32": "repairs overlap",
    "E33": "a data table of the package is wrong",
    "E41": "a model folder is missing or damaged",
    "E51": "an optional package is missing",
    "E61": "no such record in the library",
    "E62": "the question cannot be answered from the library",
    "E71": "the token of the service is missing or wrong",
    "E72": "a request cannot be understood",
    "E73": "the service is busy",
    "E74": "the service cannot listen there",
    "E75": "the cluster cannot be reached, or has no workers",
    "E76": "a worker of the cluster is of another version, or does not see the files",
    "E99": "a fault of the program",
}


class WqnlpError(Exception):
    """Base of all: a numbered code, the subject (a file, mostly), what was seen and what to do."""

    def __init__(self, code: str, subject: str, seen: str, todo: str = "") -> None:
        self.code, self.subject, self.seen, self.todo = code, subject, seen, todo
        super().__init__(f"{code} {subject}: {seen}" + (f". To do: {todo}" if todo else ""))


class Unreadable(WqnlpError):
    """The input, not the program, is at fault."""


class Unwritable(WqnlpError):
    """The output folder, file or library cannot be written."""


class RecordError(WqnlpError):
    """A record would say something it may not say, such as a value for a masked number."""


class RepairOverlap(WqnlpError):
    """Two repairs claim the same source characters."""


class DataError(WqnlpError):
    """A YAML table, a rule or a model of the package is missing or wrong."""


class MissingExtra(WqnlpError):
    """An optional package is not installed; the message has the install line."""


class ClusterError(WqnlpError):
    """A cluster is not there, or its machines are not alike."""


class NotInLibrary(WqnlpError):
    """An id or a question that the library has no answer to."""
