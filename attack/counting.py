"""Numbers in words."""


def counted(count: int, noun: str, plural: str = "") -> str:
    """Return '1 trial', '2 trials'.

    Args:
        count: how many.
        noun: for one of them.
        plural: of the noun, where it is not the noun with an s.
    """
    return f"{count} {noun if count == 1 else plural or f'{noun}s'}"
