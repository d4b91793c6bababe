"""The one error of the intake."""


class IntakeError(ValueError):
    """Files cannot be read as they are; the message names the place and says what to do."""
