"""The one kind of error a user of the command line is meant to read."""


class Problem(Exception):
    """Something in a file, folder or argument is not as expected.

    The message names the file, the key where there is one, what was found and what was expected.
    """
