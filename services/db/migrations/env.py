"""Alembic's entry: run the steps on the connection and in the transaction that `services.db.migrate` opened."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
