"""How much memory a build takes."""

import sys


def peak_gigabytes() -> float | None:
    """Give the most memory that this process has held at a time.

    Returns
    -------
    float or None
        Gigabytes; None where the system does not say.
    """
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # macOS counts bytes, others units of 1,024
    return (peak if sys.platform == "darwin" else 1024 * peak) / 1e9
