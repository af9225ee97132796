"""What Alembic runs: the revisions, on the connection that the library hands over, in its transaction."""

from __future__ import annotations

from alembic import context


def migrate() -> None:
    """Run the revisions that were asked for."""
    from wqnlp.store.tables import metadata

    context.configure(connection=context.config.attributes["connection"], target_metadata=metadata(), transactional_ddl=True)
    context.run_migrations()


if __name__ == "env_py":                 # what Alembic calls this file; importing it does nothing
    migrate()
