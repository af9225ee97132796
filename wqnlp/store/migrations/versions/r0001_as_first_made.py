"""The tables as 0.1.0 made them, by hand and in SQLite alone. A library of 0.1.0 is taken to be of this revision."""

from alembic import op
from sqlalchemy import ForeignKeyConstraint, PrimaryKeyConstraint

from wqnlp.store.migrations.frozen import INDEXED, RECORDS, columns_of

revision = "r0001"
down_revision = None

OWN = {
    "sources": "sha12 path sha256 format encoding reason confidence:r characters:i text:b",
    "repairs": "sha12 start:i end:i new kinds confidence:r runner_up",
    "marks": "sha12 start:i end:i text kind note",
    "arrivals": "sha256 path at state told",
}
KEYS = {"documents": "doc_id", "sources": "sha12", "arrivals": "sha256"}
OWN_INDEXES = {"repairs_at": ("repairs", ["sha12", "start"]), "marks_at": ("marks", ["sha12", "start"]),
               "sources_path": ("sources", ["path"])}


def upgrade() -> None:
    """Make them."""
    for name, told in (RECORDS | OWN).items():
        key = [PrimaryKeyConstraint(KEYS[name])] if name in KEYS else []
        link = [ForeignKeyConstraint(["doc_id"], ["documents.doc_id"], ondelete="CASCADE")] \
            if name in RECORDS and name not in ("documents", "errors") else []
        op.create_table(name, *columns_of(told), *key, *link)
        for column in INDEXED.get(name, ()):
            op.create_index(f"{name}_{column}", name, [column])
    for index, (name, columns) in OWN_INDEXES.items():
        op.create_index(index, name, columns)
