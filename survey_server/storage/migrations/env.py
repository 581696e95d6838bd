"""Alembic's door: runs the scripts on the connection that `storage.migrate` hands over, in its transaction."""

from alembic import context

from survey_server.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
