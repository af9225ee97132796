"""How a library of an earlier version becomes one of this: Alembic's revisions, which ship with the package."""
