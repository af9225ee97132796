"""How each path of a batch stood when it was read, and bodies whose years are still to be held against one another."""

from alembic import op

from wqnlp.store.migrations.frozen import columns_of

revision = "r0003"
down_revision = "r0002"


def upgrade() -> None:
    """Two new tables. What was read before is read once more by the next batch, which changes nothing."""
    for name, told in (("reads", "path state sha256 made_by ended gave:i repeats:i"), ("pending", "body")):
        columns = columns_of(told)
        columns[0].primary_key, columns[0].nullable = True, False
        op.create_table(name, *columns)
