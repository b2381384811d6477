"""From recordings to a model: what the live step would have seen at each moment, what then came, and the fit."""
