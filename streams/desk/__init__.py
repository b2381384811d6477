"""The desk of the command centre: an HTTP API by which people sign in, see what waits for a signature, and decide."""
