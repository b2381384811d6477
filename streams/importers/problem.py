"""The one error of the importers: a file or an option that cannot be used."""


class ImportProblem(ValueError):
    """What is wrong, where, and what to do; dirt inside a usable file is counted instead of raised."""
