"""An index on the organisations of documents: bodies without a place are looked up by their name."""

from alembic import op

revision = "r0004"
down_revision = "r0003"


def upgrade() -> None:
    """One index."""
    op.create_index("documents_organisation", "documents", ["organisation"])
