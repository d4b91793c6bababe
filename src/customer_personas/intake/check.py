"""The command ``check``: looks at the records before a build.

Says what was found, how it was understood, what is missing, what would be set aside, and whether it
can be built. The exit code is 0 where it can, 1 where it cannot. Nothing is published or kept: the
records are cleaned in a temporary warehouse, by the same models that a build runs.
"""

import argparse
import csv
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb

from customer_personas.intake import IntakeError, doubts
from customer_personas.intake.cures import find_cure
from customer_personas.intake.entities import ENTITIES, WITH_ATTRIBUTES
from customer_personas.intake.expressions import KEY_NAMES
from customer_personas.intake.folder import (
    FOLDER_VARIABLE,
    MAPPING_FILE,
    containers_of,
    landing_folder,
    list_others,
)
from customer_personas.intake.further_columns import QUERY, describe_further_columns
from customer_personas.intake.landing import land_files
from customer_personas.intake.limits import NO_SETTING, Limits, read_limits
from customer_personas.intake.mapping import Mapping, load_mapping
from customer_personas.intake.needs import PREFIX
from customer_personas.intake.outcomes import Outcome, describe_outcomes, find_outcomes
from customer_personas.intake.padded_ids import (
    IdsOfFile,
    describe_marked,
    describe_padded,
    find_ids,
)
from customer_personas.intake.parts import DAMAGES, Part, head_of, list_parts, list_passed_over
from customer_personas.intake.presets import load_presets, recognise_export
from customer_personas.intake.reading import FileReading, ReadColumn
from customer_personas.intake.received import receive_file
from customer_personas.language.texts import (
    LANGUAGE_VARIABLE,
    LanguageError,
    own_language,
    own_texts,
    say,
)

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_INDENT = " " * 28
_MODELS = ["+record_reconciliation", "+rejected_records", "+source_coverage", "+int_order_lines"]
_MODELS += ["+int_customers_known", "+int_value_meanings", "+attribute_circumstances"]
_TESTS = ["assert_deliveries_are_usable", "assert_reconciliation_adds_up"]
_TESTS += ["assert_customer_ids_are_no_identifiers", "assert_amounts_are_in_one_currency"]


def check_files(
    folder: Path, limits: Limits = NO_SETTING
) -> tuple[list[str], list[str], list[str]]:
    """Look at the files of a landing folder.

    Parameters
    ----------
    folder : Path
        The landing folder.
    limits : Limits, optional
        What a file may take at most.

    Returns
    -------
    lines : list of str
        What was found and how it was understood.
    entities : list of str
        Entities with files.
    problems : list of str
        What prevents a build.
    """
    lines, entities, problems = [say("check.folder", folder=folder), ""], [], []
    try:
        mapping = load_mapping(folder)
        parts = list_parts(folder, limits)
        names = list(parts)
        others = [*list_others(folder), *list_passed_over(folder, limits)]
    except IntakeError as error:
        return lines, [], [str(error)]
    found = {name: mapping.of_file(name) for name in names}
    known = {of_file[0] for of_file in found.values() if of_file is not None}
    # one that the mapping speaks of is meant to be there
    spoken_of = {name for name, groups in mapping.entities.items() if groups[0].is_given}
    entities = [entity for entity in ENTITIES if entity in known | spoken_of]
    if (folder / MAPPING_FILE).exists():
        lines += [say("check.mapping", mapping=MAPPING_FILE)]
        lines += [
            "  " + say("check.no_file_fits", entity=entity, pattern=pattern)
            for entity, pattern in mapping.patterns_without_file(names)
        ]
        lines += [""]
    columns: dict[str, list[str]] = {}
    outcomes: dict[str, Outcome] = {}
    ids: list[IdsOfFile] = []
    for entity in entities:
        with duckdb.connect() as session:
            # any key does to tell how full a hashed id is; which hashes come out nobody sees here
            for name in (f"{key}_{side}" for key in KEY_NAMES for side in ("inner", "outer")):
                session.execute(f"set variable {name} = ''::blob")
            try:
                for reading in land_files(session, folder, entity, limits=limits).readings:
                    lines += [*describe_file(reading, entity), ""]
                    columns[reading.file.name] = list(reading.file.columns)
                    ids += find_ids(session, reading, entity)
                    if entity in WITH_ATTRIBUTES:
                        found_here = find_outcomes(session, reading)
                        outcomes = {each.column: each for each in found_here} | outcomes
            except IntakeError as error:
                problems += str(error).split("\n")
    lines += describe_outcomes(list(outcomes.values()), (folder / MAPPING_FILE).exists())
    lines += [*describe_padded(ids), *describe_marked(ids)]
    lines += _propose_presets(parts, mapping, columns, limits)
    second = {name for entity in ENTITIES for name in mapping.second_files(entity)}
    unknown = [
        name
        for name, of_file in found.items()
        if of_file is None and not {name, *containers_of(name)} & second
    ]
    if unknown:
        lines += [
            say(
                "check.unknown_files",
                files=", ".join(unknown),
                entities=", ".join(ENTITIES),
                mapping=MAPPING_FILE,
            ),
            "",
        ]
    if others:
        lines += [
            say("check.other_files", files=", ".join(others)),
            "",
        ]
    if not entities:
        problems.append(say("check.no_files", folder=folder))
    return lines, entities, problems


def _propose_presets(
    parts: dict[str, Part], mapping: Mapping, columns: dict[str, list[str]], limits: Limits
) -> list[str]:
    """Name the presets that fit files of which the mapping says nothing."""
    found: dict[tuple[str, str], list[str]] = {}
    for name, part in parts.items():
        of_file = mapping.of_file(name)
        if of_file is not None and of_file[1].columns:
            continue
        for preset, entity in recognise_export(columns.get(name) or _columns_of(part, limits))[:1]:
            found.setdefault((preset.name, entity), []).append(name)
    if not found:
        return []
    presets = {name: load_presets()[name] for name, _ in found}
    lines = []
    for name, preset in presets.items():
        files = [file for (other, _), files in found.items() if other == name for file in files]
        lines.append(say("check.preset", files=", ".join(files)))
        lines.append(f"  {name}: {preset.about}.")
    lines.append("  " + say("check.write_into", mapping=MAPPING_FILE))
    if all(presets[n].is_named_so(e, file) for (n, e), files in found.items() for file in files):
        lines.append(f"    preset: {_listed(list(presets))}")
    else:
        lines.append("    entities:")
        for entity in dict.fromkeys(entity for _, entity in found):
            groups = [
                f"{{preset: {name}, files: {json.dumps(files, ensure_ascii=False)}}}"
                for (name, other), files in found.items()
                if other == entity
            ]
            lines.append(f"      {entity}: {_listed(groups)}")
    if len({name for name, entity in found if entity == "order_lines"}) > 1:
        lines.append("  " + say("check.same_sales"))
    return [*lines, ""]


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"[{', '.join(names)}]"


def _columns_of(part: Part, limits: Limits) -> list[str]:
    """Give the columns of a file; none where it cannot be read, which is told elsewhere."""
    with duckdb.connect() as session:
        try:
            with head_of(part) as head:
                return list(receive_file(session, head, "received", {}, limits).columns)
        except (IntakeError, OSError, UnicodeError, duckdb.Error, csv.Error, *DAMAGES):
            return []


def describe_file(reading: FileReading, entity: str) -> list[str]:
    """Say how a file was understood.

    Parameters
    ----------
    reading : FileReading
        The file.
    entity : str
        Its entity.

    Returns
    -------
    list of str
        Lines of text.
    """
    file = reading.file
    kind = [file.file_format, file.encoding, _DELIMITERS.get(file.delimiter or "", file.delimiter)]
    lines = [
        say(
            "check.file",
            file=file.name,
            entity=entity,
            kind=", ".join(own_texts().known("check_kinds", each) for each in kind if each),
            records=f"{file.records + file.unreadable:,}",
        )
    ]
    if (file.header_line or 1) > 1:
        lines.append("  " + say("check.header", line=file.header_line))
    if file.unreadable:
        lines.append("  " + say("check.unreadable_lines", lines=f"{file.unreadable:,}"))
    lines += [_describe_column(column, file.records) for column in reading.columns]
    lines += [f"  {own_texts().sentence(each)}" for each in file.unmatched]
    if file.of_order:
        lines.append(
            "  " + say("check.of_order", columns=", ".join(file.of_order), mapping=MAPPING_FILE)
        )
    known = {column.name for column in reading.columns}
    left = [column.name for column in ENTITIES[entity] if column.name not in known]
    if left:
        lines.append("  " + say("check.not_there", columns=", ".join(left)))
    if reading.unused:
        lines.append(
            "  "
            + say(
                "check.unused",
                columns=", ".join(reading.unused),
                mapping=MAPPING_FILE,
                entity=entity,
            )
        )
    return lines


def _describe_column(column: ReadColumn, records: int) -> str:
    name = column.name.removeprefix(PREFIX)
    # an expression of several lines is told on one
    source = " ".join(column.source.split())
    filled = say("check.no_record")
    if records:
        filled = say("check.filled", share=f"{column.filled / records:.0%}")
    parts = {
        "source": "" if column.source == name else say("check.source", source=source),
        "kind": own_texts().known("check_kinds", column.kind),
        "shape": ""
        if column.reading.format == "text"
        else say("check.shape", format=column.reading.format),
        "decided": say("check.decided") if column.reading.decided_by == "mapping" else "",
        "filled": filled,
        "unread": say("check.unread", values=f"{column.unreadable:,}") if column.unreadable else "",
    }
    return "  " + say("check.column", name=name, **parts)


def entities_of(project: Path, system: str) -> list[str]:
    """List the entities that a source system of the project has staging models for.

    Parameters
    ----------
    project : Path
        Folder of the dbt project.
    system : str
        The source system.

    Returns
    -------
    list of str
        Canonical names.
    """
    folder = project / "models" / "staging" / system
    return [entity for entity in ENTITIES if (folder / f"stg_{system}__{entity}.sql").exists()]


def list_systems(project: Path) -> list[str]:
    """List the source systems of the project: folders with a staging model of an entity.

    Parameters
    ----------
    project : Path
        Folder of the dbt project.

    Returns
    -------
    list of str
        Their names, sorted.
    """
    folders = (project / "models" / "staging").iterdir()
    return sorted(folder.name for folder in folders if entities_of(project, folder.name))


def clean_records(project: Path, system: str, entities: list[str], folder: Path) -> dict:
    """Run the cleaning models of the project in a temporary warehouse.

    Parameters
    ----------
    project : Path
        Folder of the dbt project.
    system : str
        The source system.
    entities : list of str
        What it provides.
    folder : Path
        The landing folder.

    Returns
    -------
    dict
        ``problems`` (list of str) and the rows of ``reconciliation``, ``rejected``, ``missing``,
        ``strangers``, ``equal_lines``, ``further_columns`` and of `doubts`.
    """
    with tempfile.TemporaryDirectory() as temporary:
        warehouse = Path(temporary) / "warehouse.duckdb"
        variables = json.dumps({"source_systems": {system: entities}})
        run = subprocess.run(
            [
                str(Path(sys.executable).parent / "dbt"),
                *["--no-use-colors", "build", "--indirect-selection", "empty"],
                *["--select", *_MODELS, *_TESTS, "--exclude", "resource_type:unit_test"],
                *["--vars", variables],
                *["--target-path", f"{temporary}/target", "--log-path", f"{temporary}/logs"],
            ],
            cwd=project,
            env=os.environ
            | {
                "PERSONA_WAREHOUSE": str(warehouse),
                "PERSONA_STATE": f"{temporary}/state.duckdb",
                "PERSONA_PUBLISH_DIR": f"{temporary}/published",
                FOLDER_VARIABLE: str(folder.absolute()),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        found: dict = {"problems": _problems(run, Path(temporary) / "target")}
        if not warehouse.exists():
            return found | {name: [] for name in _QUERIES | doubts.QUERIES}
        with duckdb.connect(str(warehouse)) as connection:
            for name, query in (_QUERIES | doubts.QUERIES).items():
                try:
                    found[name] = connection.execute(query.format(system=system)).fetchall()
                except duckdb.CatalogException:
                    found[name] = []  # the run did not get that far
        return found


_QUERIES = {
    "further_columns": QUERY,
    "reconciliation": """
        select entity, received, accepted, duplicates, superseded, quarantined
        from monitoring.record_reconciliation
        order by entity
    """,
    "rejected": """
        select entity, rejection_reason, rejects, rejected_count, meaning
        from monitoring.rejected_records
        order by entity, rejects, rejected_count desc, rejection_reason
    """,
    "missing": """
        select entity, column_name, records, missing_feature_names
        from monitoring.source_coverage
        where missing_feature_names is not null
        order by column_position
    """,
    # lines without a number of which one file has several: those beyond the first, and their amount
    "equal_lines": """
        with lines as (
            select
                judged.source_file,
                judged.disposition,
                staged.record_hash,
                greatest(
                    abs(judged.quantity) * judged.unit_price::decimal(28, 8)
                    - greatest(coalesce(judged.discount_amount, 0), 0),
                    0
                ) as amount
            from intermediate.int_order_lines_judged as judged
            inner join staging.stg_{system}__order_lines as staged
                on judged.source_file = staged.source_file
                and judged.record_number = staged.record_number
            where
                judged.disposition in ('accepted', 'duplicate')
                and judged.order_line_number is null
        ),
        in_a_file as (
            select record_hash, count(*) as copies, min(amount) as amount from lines
            where record_hash in (select record_hash from lines where disposition = 'accepted')
            group by record_hash, source_file
        ),
        most as (
            select max(copies) - 1 as more, min(amount) as amount from in_a_file
            group by record_hash
        )
        select
            sum(more)::bigint,
            sum(more * amount)::double,
            (select sum(amount)::double from lines where disposition = 'accepted')
        from most
        having sum(more) > 0
    """,
    "strangers": """
        with named as (
            select 'order_lines' as entity, customer_id from intermediate.int_order_lines_judged
            where disposition = 'accepted'
            union
            select 'web_events', customer_id from intermediate.int_web_events_judged
            where disposition = 'accepted' and customer_id is not null
            union
            select 'feedback', customer_id from intermediate.int_feedback_judged
            where disposition = 'accepted'
            union
            select 'declared_needs', customer_id from intermediate.int_declared_needs_judged
            where disposition = 'accepted'
            union
            select 'consents', customer_id from intermediate.int_consents_judged
            where disposition = 'accepted'
            union
            select 'contacts', customer_id from intermediate.int_contacts_judged
            where disposition = 'accepted'
        ),
        customers as (
            select distinct
                customer_id, regexp_replace(ltrim(customer_id, '0'), '[.]0$', '') as bare
            from intermediate.int_customers_judged
            where disposition = 'accepted'
        )
        select
            named.entity,
            count(*),
            count(*) filter (customers.customer_id is null),
            count(*) filter (
                customers.customer_id is null
                and regexp_replace(ltrim(named.customer_id, '0'), '[.]0$', '')
                    in (select bare from customers)
            )
        from named
        left join customers on named.customer_id = customers.customer_id
        where exists (from customers)
        group by named.entity
        order by named.entity
    """,
}


def _problems(run: subprocess.CompletedProcess, target: Path) -> list[str]:
    """Give the messages of what failed."""
    if run.returncode == 0:
        return []
    try:
        results = json.loads((target / "run_results.json").read_text())["results"]
    except OSError:
        return [line for line in run.stdout.splitlines() if line.strip()][-8:]
    failed = [each for each in results if each["status"] in ("error", "fail")]
    return [_shortened(each["message"] or each["unique_id"]) for each in failed]


def _shortened(message: str) -> str:
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    kept = [
        line for line in lines if not line.startswith(("Runtime Error", "compiled code", "File"))
    ]
    # what the check builds is gone when it ends, so no table of it is named
    return re.sub(r" \([a-z]+\.[a-z_]+ holds them\)", "", " ".join(kept[:6]))


def describe_records(found: dict, system: str) -> list[str]:
    """Say what became of the records and what is missing.

    Parameters
    ----------
    found : dict
        As :func:`clean_records` gives it.
    system : str
        The source system.

    Returns
    -------
    list of str
        Lines of text.
    """
    texts = own_texts()
    lines = [say("check.records"), ""]
    for entity, received, accepted, duplicates, superseded, quarantined in found["reconciliation"]:
        lines.append(
            "  "
            + say(
                "check.record_line",
                entity=f"{entity:<15}",
                received=f"{received:>9,}",
                accepted=f"{accepted:>9,}",
                duplicates=f"{duplicates:,}",
                superseded=f"{superseded:,}",
                quarantined=f"{quarantined:,}",
            )
        )
    if found["rejected"]:
        lines += ["", say("check.set_aside"), ""]
        for entity, reason, rejects, count, meaning in found["rejected"]:
            what = say(f"check.of_{rejects}", count=f"{count:>9,}", reason=reason)
            lines.append(f"  {entity:<15} {what}{texts.reason(reason, meaning)}")
            for example in doubts.find_examples(found, entity, reason):
                lines.append(f"{_INDENT}{example}")
            if cure := find_cure(reason, system):
                lines.append(_INDENT + say("check.cure", cure=texts.sentence(cure)))
    for equal, amount, accepted in found["equal_lines"]:
        lines += [
            "",
            "  "
            + say(
                "check.equal_lines",
                lines=f"{equal:,}",
                amount=f"{amount:,.2f}",
                accepted=f"{accepted:,.2f}",
            ),
        ]
        if system == "files":
            lines.append("  " + say("check.keep_equal_lines", mapping=MAPPING_FILE))
    for entity, named, strangers, alike in found["strangers"]:
        if strangers > 0.1 * named:
            hint = say("check.strangers_hint")
            if alike:
                hint = say("check.strangers_alike", alike=f"{alike:,}")
            counts = {"strangers": f"{strangers:,}", "named": f"{named:,}"}
            lines += ["", "  " + say("check.strangers", entity=entity, hint=hint, **counts)]
    lines += doubts.describe_doubts(found)
    lines += describe_further_columns(found.get("further_columns", []), system)
    if found["missing"]:
        lines += ["", say("check.missing"), ""]
        lines += _describe_missing(found["missing"])
    return [*lines, ""]


def _describe_missing(missing: list[tuple]) -> list[str]:
    lines: list[str] = []
    absent: dict[str, set[str]] = {}
    for entity, column, records, features in missing:
        if records:
            lines.append(f"  {entity}.{column}: {features}")
        else:
            absent.setdefault(entity, set()).update(features.split(", "))
    for entity, features in absent.items():
        some = ", ".join(sorted(features)[:4])
        lines.append("  " + say("check.adds", entity=entity, count=len(features), some=some))
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the records and print the report.

    Parameters
    ----------
    arguments : sequence of str, optional
        Arguments of the command; by default those of the process.

    Returns
    -------
    int
        0 where the records can be built, else 1.
    """
    parser = argparse.ArgumentParser(
        prog="customer-personas check",
        description="Say what a build would make of your records, without building.",
        epilog=f"The language is that of the variable {LANGUAGE_VARIABLE}; why something cannot be "
        "built is told in English, as the build tells it.",
    )
    parser.add_argument(
        "--system", default="files", help="source system: a folder of models/staging (files)"
    )
    parser.add_argument(
        "--folder", type=Path, help=f"landing folder of the system files (${FOLDER_VARIABLE})"
    )
    given = parser.parse_args(arguments)
    try:
        own_language()
    except LanguageError as error:
        parser.error(str(error))
    project = Path.cwd()
    if not (project / "dbt_project.yml").exists():
        parser.error("run this in the folder of the project, where dbt_project.yml is")
    folder = given.folder or landing_folder()
    lines: list[str] = []
    problems: list[str] = []
    if given.system == "files":
        lines, entities, problems = check_files(folder, read_limits(project))
    else:
        entities = entities_of(project, given.system)
        if not entities:
            known = ", ".join(list_systems(project))
            parser.error(f"there is no source system {given.system}; there are {known}")
    print("\n".join(lines), flush=True)
    if not problems:
        found = clean_records(project, given.system, entities, folder)
        print("\n".join(describe_records(found, given.system)))
        problems = found["problems"]
    if problems:
        print(say("check.cannot_be_built") + "\n")
        for problem in problems:
            print(f"  {problem}")
        return 1
    where = f"export {FOLDER_VARIABLE}={given.folder}\n  " if given.folder else ""
    systems = f"{{source_systems: {{{given.system}: [{', '.join(entities)}]}}}}"
    print(f"{say('check.can_be_built')}\n\n  {where}dbt build --vars '{systems}'")
    return 0
