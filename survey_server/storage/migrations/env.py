"""Alembic's environment: runs the scripts on the connection of `storage.migrate`, in its transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], render_as_batch=True, transactional_ddl=True)
context.run_migrations()
