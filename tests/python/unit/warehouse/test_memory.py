"""The most memory a process held is told in gigabytes."""

import re
from pathlib import Path

import pytest

from customer_personas.warehouse.memory import peak_gigabytes

STATUS = Path("/proc/self/status")


@pytest.mark.skipif(not STATUS.exists(), reason="Linux alone tells a process by a file")
def test_it_is_what_the_system_says():
    (kilobytes,) = re.findall(r"VmHWM:\s+(\d+) kB", STATUS.read_text())
    assert peak_gigabytes() == pytest.approx(int(kilobytes) * 1024 / 1e9, rel=0.01)
