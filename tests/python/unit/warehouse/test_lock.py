"""One process at a time changes a company's files; the others wait, and are told for whom."""

import os

import pytest
from killing import SERVER

from customer_personas.warehouse.lock import Lock, LockError


def hold(folder, begun, stop) -> None:
    with Lock(folder, "erasure of a customer"):
        begun.set()
        stop.wait(120)


def test_others_wait_and_are_told_who_is_at_work(tmp_path):
    begun, stop = SERVER.Event(), SERVER.Event()
    process = SERVER.Process(target=hold, args=(tmp_path, begun, stop))
    process.start()
    said = []
    try:
        assert begun.wait(120)
        with pytest.raises(LockError, match=f"erasure of a customer, process {process.pid}, since"):
            Lock(tmp_path, "build", longest_wait=0.3, say=said.append)
        assert len(said) == 1 and said[0].startswith("Waiting for another process")
        # whoever is killed holds nothing
        process.kill()
        process.join()
        with Lock(tmp_path, "build", longest_wait=5):
            assert f"build, process {os.getpid()}" in (tmp_path / ".lock").read_text()
    finally:
        process.kill()
        process.join()


def test_a_process_that_holds_the_lock_has_it(tmp_path):
    with Lock(tmp_path, "build"):
        with Lock(tmp_path, "publication", longest_wait=0):
            pass
        assert (tmp_path / ".lock").read_text().startswith("build")
    held = Lock(tmp_path, "build", longest_wait=0)
    del held
    # nobody refers to it any more
    Lock(tmp_path, "erasure", longest_wait=0).release()


def test_a_publish_folder_that_is_new_is_its_owners(tmp_path):
    with Lock(tmp_path / "published", "build"):
        assert (tmp_path / "published").stat().st_mode & 0o777 == 0o700
