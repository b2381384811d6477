"""The SQL store: residents, the outbox of texts, and what the console shows. SQLite by default, PostgreSQL for a city."""
