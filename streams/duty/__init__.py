"""The duty log: who has duty, what was written down and what happened by itself, and what somebody who comes in must know."""
