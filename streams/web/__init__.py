"""The public page: one process apart from the workers, which needs the store and nothing else."""
