"""What a repair raises where the lab's own rules have no word for it."""


class Refused(Exception):  # noqa: N818 - the name of the domain, not of a fault
    """The answer is no, and nothing was changed."""
