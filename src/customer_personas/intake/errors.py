"""The one error of the intake."""

# Of a longer line the middle is left out: a header may be a megabyte.
LONGEST_LINE = 1_500


class IntakeError(ValueError):
    """Files cannot be read as they are; the message names the place and says what to do.

    Parameters
    ----------
    message : str
        One problem a line.
    """

    def __init__(self, message: str) -> None:
        super().__init__("\n".join(map(_shortened, message.split("\n"))))


def _shortened(line: str) -> str:
    if len(line) <= LONGEST_LINE:
        return line
    half = LONGEST_LINE // 2
    return f"{line[:half]} [...] {line[-half:]}"
