"""Brings a store that an older Lowpoint made up to today's tables, by alembic; rows are kept."""
