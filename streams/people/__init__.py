"""Residents: what is known of a person, and how it is kept so that the database alone tells no number (law 10)."""
