"""A stateful fake of Twilio, a server of its own: for tests, benchmarks and the demo. It reaches nobody beyond this machine."""
