"""Servers of Spark Connect on the loopback address: Sail, and Apache Spark with two executors."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE_SECONDS = 180
# Two executors in processes of their own, each of one core and this memory (MB): rows are shuffled
# between them and go through serialisation, as on a cluster.
MASTER = "local-cluster[2,1,1536]"
EXECUTOR = "org.apache.spark.executor.CoarseGrainedExecutorBackend"


@contextmanager
def sail() -> Iterator[str]:
    """Start Sail for as long as it is needed.

    Yields
    ------
    str
        Its address.
    """
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer("127.0.0.1", 0)
    server.start()
    host, port = server.listening_address
    try:
        yield f"sc://{host}:{port}"
    finally:
        server.stop()


@contextmanager
def apache_spark(folder: Path) -> Iterator[str]:
    """Start Apache Spark, of the package pyspark, for as long as it is needed.

    Parameters
    ----------
    folder : pathlib.Path
        Where it writes what it spills, its log and what its UI tells (event log).

    Yields
    ------
    str
        Its address.

    Raises
    ------
    RuntimeError
        Where it does not start: with the end of what it said. It needs a Java of 17 or newer.
    """
    import pyspark

    home = Path(pyspark.__file__).parent
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder.mkdir()
    (folder / "events").mkdir()
    settings = {
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": port,
        "spark.ui.enabled": "false",
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": (folder / "events").as_uri(),
        "spark.driver.memory": "2g",
        "spark.executor.memory": "1g",
        "spark.sql.shuffle.partitions": 4,
        "spark.sql.warehouse.dir": (folder / "warehouse").as_uri(),
    }
    command = [str(home / "bin" / "spark-submit"), "--master", MASTER]
    for name, value in settings.items():
        command += ["--conf", f"{name}={value}"]
    command += ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer"]
    command += ["spark-internal"]
    own = {
        "SPARK_HOME": str(home),
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_DIRS": str(folder / "local"),
        "SPARK_WORKER_DIR": str(folder / "work"),
        "SPARK_LOCAL_HOSTNAME": "127.0.0.1",
    }
    log = folder / "server.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            command,
            cwd=folder,
            env=os.environ | own,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_for(server, port, log)
        yield f"sc://127.0.0.1:{port}"
    finally:
        # it and all that it started: they are one group
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def _wait_for(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until a server listens."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.5)
    end = "\n".join(log.read_text().splitlines()[-20:])
    raise RuntimeError(f"Apache Spark does not start (it needs Java 17 or newer):\n{end}")


def kill_executor(folder: Path) -> int:
    """End one executor as a lost machine would.

    Parameters
    ----------
    folder : pathlib.Path
        What `apache_spark` was given.

    Returns
    -------
    int
        Its process.

    Raises
    ------
    RuntimeError
        Where none runs.
    """
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
            where = (process / "cwd").readlink()
        except OSError:  # it ended, or it is somebody else's
            continue
        if EXECUTOR in words and where.is_relative_to(folder):
            os.kill(int(process.name), signal.SIGKILL)
            return int(process.name)
    raise RuntimeError(f"No executor of {folder} runs.")
