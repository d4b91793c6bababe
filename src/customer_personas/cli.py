"""The one entry point beside dbt: ``customer-personas COMMAND``.

Each command is a function ``main(arguments)`` of a module, which reads its own arguments and gives
the exit code. The module is imported when its command runs, so that help and light commands do not
wait for what the heavy ones need.
"""

import argparse
import importlib
import os
from collections.abc import Sequence

# Name of each command: the module whose `main` runs it, and what it does.
COMMANDS = {
    "check": (
        "customer_personas.intake.check",
        "say what a build would make of your records, without building",
    ),
    "backfill": (
        "customer_personas.warehouse.backfill",
        "build past dates, oldest first, so that personas have a history",
    ),
    "audience": (
        "customer_personas.activation.preview",
        "say who would be in an audience, without building",
    ),
    "export": (
        "customer_personas.activation.exporting",
        "write what changed in an audience since its last export",
    ),
    "privacy": (
        "customer_personas.privacy.requests",
        "tell all that is held on a customer, or erase a customer everywhere",
    ),
    "versions": (
        "customer_personas.warehouse.versions",
        "list the published versions, or go back to one",
    ),
    "backup": (
        "customer_personas.warehouse.backup",
        "save the state database, or put a backup in its place",
    ),
    "report": (
        "customer_personas.report.command",
        "write the persona report, a page to look at, from the published file",
    ),
    "summary": (
        "customer_personas.report.summary",
        "print what the last build published",
    ),
    "simulate": (
        "customer_personas.simulate.command",
        "write the raw records of a made-up company, to try things on",
    ),
}


def build_parser() -> argparse.ArgumentParser:
    """Describe the commands.

    Returns
    -------
    argparse.ArgumentParser
        It knows the names of the commands only; what follows a name is read by the command.
    """
    parser = argparse.ArgumentParser(
        prog="customer-personas",
        description="What there is to do beside `dbt build`.",
        epilog="`customer-personas COMMAND --help` tells the arguments of a command.",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, (_, does) in COMMANDS.items():
        # prefixes of options are the command's to read, and so is --help
        commands.add_parser(name, help=does, add_help=False, allow_abbrev=False)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Name of the command and its arguments; those of the process by default.

    Returns
    -------
    int
        The exit code of the command: 0 where it went well.

    Raises
    ------
    SystemExit
        With code 2, where arguments cannot be read; the usage is printed.
    """
    # what a command writes may hold customers: only its owner may read it
    os.umask(0o077)
    given, rest = build_parser().parse_known_args(arguments)
    module, _ = COMMANDS[given.command]
    return importlib.import_module(module).main(rest)
