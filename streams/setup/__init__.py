"""What `./lowpoint` does before the command: gets ready whatever is missing. Nothing here may import more than the standard library."""
