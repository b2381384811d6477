"""The words that people get: templates, places and times put into them, and how long a text becomes."""
