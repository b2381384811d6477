"""The Faust agents: they read, call a rule, write. `worker` wires them together."""
