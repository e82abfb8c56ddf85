"""The error that a person is shown as one line."""


class LabError(Exception):
    """Something the user of the lab can put right; its text is one line that says what to do."""
