"""A city folder: what stands in it, how it is read, and what is wrong with it."""
