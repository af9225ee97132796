"""Rows have a number that orders them; files say what read them and how they are laid out; people's corrections.

`sources` becomes `files`. Of files read before it is not known what read them: `wqnlp refresh` reads them again.
"""

from alembic import op
from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Integer, UniqueConstraint, text

from wqnlp.store.migrations.frozen import INDEXED, RECORDS, columns_of

revision = "r0002"
down_revision = "r0001"

OWN = {
    "repairs": "sha12 start:i end:i new kinds confidence:r runner_up",
    "marks": "sha12 start:i end:i text kind note",
}
NEW = "record doc_id path start:i end:i text sentence column old new who why at state"
OLD_INDEXES = {"repairs": ("repairs_at",), "marks": ("marks_at",)} | {
    name: tuple(f"{name}_{column}" for column in columns) for name, columns in INDEXED.items()}


def upgrade() -> None:
    """Move every table over, the documents first, for the others name them; take the old ones away, the documents last."""
    moved = RECORDS | OWN
    for name in moved:
        for index in OLD_INDEXES[name]:
            op.drop_index(index, table_name=name)
        op.rename_table(name, f"old_{name}")
    for name, told in moved.items():
        _make(name, told)
        names = ", ".join(f'"{column.name}"' for column in columns_of(told))
        order = " ORDER BY rowid" if op.get_bind().dialect.name == "sqlite" else ""
        op.execute(text(f'INSERT INTO "{name}" ({names}) SELECT {names} FROM "old_{name}"{order}'))
    for name in reversed(moved):
        op.drop_table(f"old_{name}")
    _files()
    _make("corrections", NEW, ("record", "doc_id", "path"))


def _make(name: str, told: str, indexed: tuple[str, ...] | None = None) -> None:
    more: list[ForeignKeyConstraint | UniqueConstraint] = []
    if name == "documents":
        more = [UniqueConstraint("doc_id", name="documents_doc_id")]
    elif name in RECORDS and name != "errors":
        more = [ForeignKeyConstraint(["doc_id"], ["documents.doc_id"], ondelete="CASCADE")]
    columns = columns_of(told)
    for column in columns:
        column.nullable = not (name == "documents" and column.name == "doc_id")
    number = Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    op.create_table(name, number, *columns, *more)
    for column_name in indexed if indexed is not None else INDEXED.get(name, ("sha12",)):
        op.create_index(f"{name}_{column_name}", name, [column_name])


def _files() -> None:
    op.drop_index("sources_path", table_name="sources")
    _keyed("files", "sources", "sha12 path sha256 format encoding reason confidence:r characters:i text:b",
           "layout:b version rules models")
    op.execute(text("UPDATE files SET version = '', rules = '', models = ''"))
    op.create_index("files_path", "files", ["path"])
    op.rename_table("arrivals", "old_arrivals")
    _keyed("arrivals", "old_arrivals", "sha256 path at state told", "")


def _keyed(name: str, old: str, told: str, more: str) -> None:
    """A table whose first column is its key, with the rows of an old one, which it replaces."""
    columns = columns_of(f"{told} {more}")
    columns[0].primary_key, columns[0].nullable = True, False
    op.create_table(name, *columns)
    names = ", ".join(f'"{column.name}"' for column in columns_of(told))
    op.execute(text(f'INSERT INTO "{name}" ({names}) SELECT {names} FROM "{old}"'))
    op.drop_table(old)
