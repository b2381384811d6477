"""The projector: writes what the workers give out to the SQL store."""
