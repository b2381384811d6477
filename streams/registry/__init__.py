"""The models of an installation: which one is used, where they are kept, and how workers are told of another one."""
