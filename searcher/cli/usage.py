"""The error of a command line that its command does not understand."""


class UsageError(Exception):
    """A command line is not one that its command understands."""
