"""The live stream: what the store says, as entities with versions, told to every console by server-sent events."""
