"""Rules of delivery: what is said of a text, what an error means, how fast and how often; they know no provider, database or clock."""
