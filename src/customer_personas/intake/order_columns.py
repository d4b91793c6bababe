"""Columns of the order that an export fills on the first line of each order only."""

from dataclasses import dataclass, replace

import duckdb

from customer_personas.intake.columns import key, match_columns
from customer_personas.intake.errors import IntakeError
from customer_personas.intake.expressions import parse_expression
from customer_personas.intake.folder import MAPPING_FILE
from customer_personas.intake.formats.values import MISSING, TOLERATED, cleaned
from customer_personas.intake.mapping import EntityMapping
from customer_personas.intake.received import ReceivedFile
from customer_personas.sql import identifier, literal

# What each line has its own of; all other canonical columns may be the order's.
_OF_LINE = (
    *("order_id", "order_line_number", "product_id", "product_name", "product_category"),
    *("quantity", "unit_price"),
)
# Amounts of a line, and what they are called where they are the order's.
AMOUNTS = {"discount_amount": "order_discount_amount"}
_OF_ORDER = (*AMOUNTS.values(), "order_refunded_amount")
# An amount may stand on first lines by chance, what describes an order hardly.
_DESCRIBING = ("customer_id", "ordered_at", "currency", "order_status", "country")
_FIRST_LINES = 5000
# So many spellings of nothing in one column are no list any more.
_BLANKS = 100
# As many orders of several lines show by themselves that a column is the order's.
_ENOUGH_ORDERS = 10
# As many orders with one discount on lines of different prices do not come about by chance.
_ENOUGH_ALIKE = 3
# A smaller share of orders with one discount on all lines comes about by chance.
_ALIKE_BY_CHANCE = 0.5
# No column of a file has such names: theirs are letters, digits and underscores.
_POSITION, _ORDER, _STARTS, _PART = '"(position)"', '"(order)"', '"(starts)"', '"(part)"'


@dataclass(frozen=True)
class _Sources:
    """The columns of a file by what they are read for.

    Attributes
    ----------
    order : list of str
        Those that name the order.
    line : set of str
        Those that are read as they are for what each line has of its own.
    describing, amounts : list of str
        Those that may be the order's.
    """

    order: list[str]
    line: set[str]
    describing: list[str]
    amounts: list[str]


def fill_orders(
    session: duckdb.DuckDBPyConnection, file: ReceivedFile, mapping: EntityMapping
) -> ReceivedFile:
    """Give each line of an order what stands on the order's first line only.

    Parameters
    ----------
    session : duckdb.DuckDBPyConnection
        Where the received records are.
    file : ReceivedFile
        A file of order lines.
    mapping : EntityMapping
        What it says: ``order_columns``, or None where the values are to tell.

    Returns
    -------
    ReceivedFile
        With ``of_order``: the columns of the order. Where a line of an order has nothing in one, it
        has what the first line that has something says. The record as received stays.

    Raises
    ------
    IntakeError
        If the mapping names a column that is not there or is read as one of the line.
    """
    sources = _sources(file, mapping)
    if mapping.order_columns is None:
        columns = _recognised(session, file, sources)
    else:
        columns = _declared(file, mapping.order_columns, sources)
    if not columns:
        return file
    file = _filled(session, file, sources.order, columns)
    return replace(file, of_order=columns)


def _sources(file: ReceivedFile, mapping: EntityMapping) -> _Sources:
    """Find what the columns of a file are read for."""
    entity = "order_lines"
    ignored = {key(name) for name in mapping.ignore}
    names = [name for name in file.columns if key(name) not in ignored]
    read = {
        name: [column] for name, column in match_columns(names, entity, mapping, file.name).items()
    }
    plain = {name: columns[0] for name, columns in read.items()}
    for name, how in mapping.columns.items():
        if how.expression is not None:
            known = [*file.columns, "row_number"]
            expression = parse_expression(how.expression, known, file.name, name, how.is_assumed)
            used = expression.columns
            read[name] = [column for column in used if column in file.columns]
    order = read.get("order_id", [])

    def used_for(canonical: tuple[str, ...]) -> list[str]:
        found = [column for name in canonical for column in read.get(name, [])]
        return [name for name in dict.fromkeys(found) if name not in order]

    return _Sources(
        order,
        {plain[name] for name in _OF_LINE if name in plain} - set(order),
        used_for(_DESCRIBING),
        used_for((*AMOUNTS, *_OF_ORDER, "updated_at")),
    )


def _declared(file: ReceivedFile, names: list[str], sources: _Sources) -> list[str]:
    """Find the columns that the mapping names as the order's."""
    place = f"{MAPPING_FILE}, entities: order_lines: order_columns"
    if names and not sources.order:
        raise IntakeError(
            f"{place}: {file.name} has no column that names the order. Say under columns which it "
            "is, for example order_id: Name."
        )
    by_key = {key(name): name for name in file.columns}
    columns = [by_key[key(name)] for name in names if key(name) in by_key]
    for name in columns:
        if name in sources.line:
            raise IntakeError(
                f"{place}: the column {name} is read as something that each line of {file.name} "
                "has of its own, such as its product, quantity or price. Take it out."
            )
    return columns


def _recognised(
    session: duckdb.DuckDBPyConnection, file: ReceivedFile, sources: _Sources
) -> list[str]:
    """Find the columns that no line but the first of its order ever fills."""
    columns = [name for name in (*sources.describing, *sources.amounts) if name not in sources.line]
    if not sources.order or not columns:
        return []
    # the first lines of most files show by themselves that no column is the order's
    for most in (_FIRST_LINES, file.records):
        heads = _filled_on_first_lines(session, file, sources, columns, most)
        if heads == []:
            return []
    return heads or []


def _filled_on_first_lines(
    session: duckdb.DuckDBPyConnection,
    file: ReceivedFile,
    sources: _Sources,
    columns: list[str],
    most: int,
) -> list[str] | None:
    """Find these columns among so many lines; None where no order has several lines."""
    is_whole = most == file.records
    flags = ", ".join(
        (_says_something(session, file, name) if is_whole else f"({_clean(name)}) is not null")
        + f" as filled_{number}"
        for number, name in enumerate(columns)
    )
    counts = ", ".join(
        f"count(*) filter (filled_{number} and {_STARTS}), "
        f"count(*) filter (filled_{number} and not {_STARTS}), "
        f"count(*) filter (filled_{number} and {_STARTS} and not next_starts)"
        for number, _ in enumerate(columns)
    )
    ((orders, others, *found),) = session.execute(
        f"""
        select count(*) filter ({_STARTS}), count(*) filter (not {_STARTS}), {counts}
        from (
            select *, lead({_STARTS}, 1, true) over (order by {_POSITION}) as next_starts
            from ({_started(file, sources.order, flags, most)})
        )
        """
    ).fetchall()
    if not others:
        return None
    seen = dict(zip(columns, zip(found[::3], found[1::3], found[2::3], strict=True), strict=True))
    # filled on the first line, and on no other one
    heads = [name for name, (first, other, _) in seen.items() if first and not other]
    is_layout = any(
        name in sources.describing and (seen[name][0] == orders or seen[name][2] >= _ENOUGH_ORDERS)
        for name in heads
    )
    return heads if is_layout else []


def _filled(
    session: duckdb.DuckDBPyConnection, file: ReceivedFile, order: list[str], columns: list[str]
) -> ReceivedFile:
    """Fill columns within each order, and keep them as received beside it."""
    kept = {name: f"(received) {name}" for name in columns}
    has_value = {name: _says_something(session, file, name) for name in columns}
    is_said = f"{' or '.join(has_value.values())} as is_said"
    places = _started(file, order, is_said, is_blank_below=bool(set(order) & set(columns)))
    told = ", ".join(
        f"arg_min(case when {has_value[name]} then {identifier(name)} end, {_POSITION}) "
        f"as {identifier(f'(told) {name}')}"
        for name in columns
    )
    filled = ", ".join(
        f"case when {has_value[name]} then {identifier(name)} "
        f"else coalesce({identifier(f'(told) {name}')}, {identifier(name)}) end "
        f"as {identifier(name)}"
        for name in columns
    )
    received = "".join(
        f", records.{identifier(own)} as {identifier(other)}" for own, other in kept.items()
    )
    session.execute(
        f"""
        create or replace temp table {file.table} as
        with places as materialized (
            select
                {_POSITION}, {_ORDER},
                -- one number may stand for several orders: each begins with something of its own
                sum(cast({_STARTS} and is_said as integer)) over (
                    partition by {_ORDER} order by {_POSITION}
                ) as {_PART}
            from ({places})
            where {_ORDER} is not null
        ),
        told as (
            select {_ORDER}, {_PART}, {told}
            from {file.table} as records
            inner join places on records.rowid = places.{_POSITION}
            group by {_ORDER}, {_PART}
        )
        select records.* replace ({filled}){received}
        from {file.table} as records
        left join places on records.rowid = places.{_POSITION}
        left join told on places.{_ORDER} = told.{_ORDER} and places.{_PART} = told.{_PART}
        order by records.rowid
        """
    )
    return replace(file, received_as=kept | file.received_as)


def _started(
    file: ReceivedFile,
    order: list[str],
    flags: str,
    most: int | None = None,
    is_blank_below: bool = False,
) -> str:
    """Write the SQL of the first lines with their position, order, and whether it starts there."""
    named = f"nullif(concat_ws(chr(31), {', '.join(map(_clean, order))}), '')"
    if is_blank_below:
        # a line that does not even name its order belongs to the one above
        named = f"last_value({named} ignore nulls) over (order by rowid)"
    first = f"where rowid < {most}" if most is not None else ""
    return f"""
        select *, {_ORDER} is distinct from lag({_ORDER}) over (order by {_POSITION}) as {_STARTS}
        from (
            select rowid as {_POSITION}, {named} as {_ORDER}, {flags} from {file.table} {first}
        )
    """


def _clean(name: str) -> str:
    return cleaned(identifier(name), MISSING)


def _says_something(session: duckdb.DuckDBPyConnection, file: ReceivedFile, name: str) -> str:
    """Write the SQL of whether a column says something: cleaning each text takes long."""
    # each text once: the engine would clean all of them first
    blanks = session.execute(
        f"with texts as materialized (select distinct {identifier(name)} from {file.table}) "
        f"select {identifier(name)} from texts "
        f"where {identifier(name)} is not null and {_clean(name)} is null limit {_BLANKS}"
    ).fetchall()
    if len(blanks) == _BLANKS:
        return f"({_clean(name)}) is not null"
    texts = ", ".join(literal(text) for (text,) in blanks) or "''"
    return f"coalesce({identifier(name)} not in ({texts}), false)"


def ask_whose_discount(
    session: duckdb.DuckDBPyConnection, file: ReceivedFile, records: str, read: dict[str, str]
) -> None:
    """Stop where a discount that is one of a line by its name alone seems to be the order's.

    Parameters
    ----------
    session : duckdb.DuckDBPyConnection
        Where the received records are.
    file : ReceivedFile
        A file of order lines.
    records : str
        SQL of its records.
    read : dict of str to str
        By canonical column, the SQL that reads it.

    Raises
    ------
    IntakeError
        If all lines of nearly each order have the same discount, whatever they cost.
    """
    if not {"order_id", "unit_price", "discount_amount"} <= read.keys():
        return
    # the first lines of most files show by themselves that each line has its own
    for most in (_FIRST_LINES, file.records):
        orders, alike, example, amount, lines = _discounts_alike(session, records, read, most)
        if orders >= _ENOUGH_ORDERS and alike < _ALIKE_BY_CHANCE * orders:
            return
    if alike < _ENOUGH_ALIKE or alike < (1 - TOLERATED) * orders:
        return
    raise IntakeError(
        f"{file.name}, column discount_amount: all lines of an order have the same discount, "
        f"whatever they cost, as the {lines} lines of order {example}: {amount}. Is it one of the "
        "order, repeated on each line, or has each line its own? Say in "
        f"{MAPPING_FILE}, under entities: order_lines: columns, order_discount_amount: <your "
        "column> or discount_amount: <your column>."
    )


def _discounts_alike(
    session: duckdb.DuckDBPyConnection, records: str, read: dict[str, str], most: int
) -> tuple[int, int, str, float, int]:
    """Count, among so many lines, orders with discounts on lines of several prices, and of one."""
    price = f"cast({read['unit_price']} as double) * {read.get('quantity', '1')}"
    (found,) = session.execute(
        f"""
        select
            count(*), count(*) filter (least = most), min(order_id) filter (least = most),
            arg_min(most, order_id) filter (least = most),
            arg_min(lines, order_id) filter (least = most)
        from (
            select
                order_id, count(*) as lines, min(discount) as least, max(discount) as most
            from (
                select
                    {read["order_id"]} as order_id, {price} as amount,
                    coalesce({read["discount_amount"]}, 0) as discount
                from {records}
                where {_POSITION} < {most}
            )
            where order_id is not null
            group by order_id
            having max(discount) > 0 and min(amount) != max(amount)
        )
        """
    ).fetchall()
    return found
