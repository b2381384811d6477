"""What alembic runs: the steps go over the connection that it was handed, in the transaction that this is in."""

from __future__ import annotations

from alembic import context

from streams.store.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
