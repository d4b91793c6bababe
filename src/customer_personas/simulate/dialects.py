"""The same company in other dialects: formats, encodings, names, splits and broken lines.

A dialect rewrites the plain files of a simulated company. What the records say stays the same, so
that a warehouse built from it has the same marts; what a dialect adds (files delivered twice, lines
broken) it counts exactly.
"""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from customer_personas.intake.entities import ENTITIES, Column
from customer_personas.sql import identifier, literal

_TIME = "try_cast(x as timestamp)"
_NUMBER = "try_cast(x as double)"
_AMOUNTS = {"unit_price", "discount_amount", "annual_income"}


@dataclass(frozen=True)
class Dialect:
    """How one kind of export writes records.

    Attributes
    ----------
    description : str
        In a few words.
    time, date, amount, quantity, whole_number : str
        SQL over the plain text ``x``; what it gives null for stays as it is.
    texts : dict of str to str
        By column, SQL of a text in another alphabet; of columns that no mart has.
    missing : str or None
        What stands for nothing.
    suffix, delimiter, encoding, line_end : str
        Of the files.
    headers : callable
        Gives the name of a column, from entity and canonical name.
    parts : int
        Into how many files an entity is split.
    delivered_twice : str or None
        ``a part``, ``grown`` (an earlier, shorter state beside the whole file) or None.
    broken_lines : int
        Lines of each entity that are ragged, truncated, badly encoded or have a stray quote.
    mapping : str
        Content of mapping.yml.
    selects : dict of str to dict
        By entity, columns in place of canonical ones: name and SQL over the plain columns.
    dropped : dict of str to set
        By entity, the columns that these replace.
    """

    description: str
    time: str = "null"
    date: str = "null"
    amount: str = "null"
    quantity: str = "null"
    whole_number: str = "null"
    texts: dict[str, str] = field(default_factory=dict)
    missing: str | None = None
    suffix: str = ".csv"
    delimiter: str = ","
    encoding: str = "utf-8"
    line_end: str = "\n"
    headers: Callable[[str, str], str] = lambda entity, name: name
    parts: int = 1
    delivered_twice: str | None = None
    broken_lines: int = 0
    mapping: str = ""
    selects: dict[str, dict[str, str]] = field(default_factory=dict)
    dropped: dict[str, set[str]] = field(default_factory=dict)


_CHINESE = {
    "customer_id": "客户编号",
    "email": "邮箱",
    "phone": "电话",
    "full_name": "姓名",
    "birth_date": "出生日期",
    "gender": "性别",
    "occupation": "职业",
    "annual_income": "年收入",
    "country": "国家",
    "region": "地区",
    "signed_up_at": "注册时间",
    "marketing_consent": "营销同意",
    "updated_at": "更新时间",
    "order_id": "订单号",
    "order_line_number": "行号",
    "ordered_at": "下单时间",
    "product_id": "商品编号",
    "product_name": "商品名称",
    "product_category": "商品类别",
    "quantity": "数量",
    "unit_price": "单价",
    "discount_amount": "折扣",
    "currency": "币种",
    "order_status": "状态",
    "event_id": "事件编号",
    "visitor_id": "访客编号",
    "occurred_at": "发生时间",
    "event_type": "事件类型",
    "page_url": "页面",
    "device_type": "设备",
    "feedback_id": "反馈编号",
    "submitted_at": "提交时间",
    "channel": "渠道",
    "feedback_type": "反馈类型",
    "rating": "评分",
    "rating_scale_max": "满分",
    "comment": "评论",
    "need": "需求",
    "declared_at": "声明时间",
    "purpose": "目的",
    "status": "同意状态",
    "recorded_at": "记录时间",
    "campaign": "活动",
    "campaign_type": "活动类型",
    "sent_at": "发送时间",
    "response": "回应",
    "responded_at": "回应时间",
}


def _chinese_mapping() -> str:
    lines = ["entities:"]
    for entity, columns in ENTITIES.items():
        lines += [f"  {entity}:", "    columns:"]
        # the plain files have no age or need, and of an order neither country nor amounts
        of_order = {"country", "order_discount_amount", "order_refunded_amount"}
        absent = {"customers": {"age", "need"}, "order_lines": of_order}.get(entity, set())
        undated = entity not in ("customers", "order_lines")
        lines += [
            f"      {column.name}: {_CHINESE[column.name]}"
            for column in columns
            if column.name not in absent and not (undated and column.name == "updated_at")
        ]
    return "\n".join(lines) + "\n"


def _spaced(entity: str, name: str) -> str:
    """Write a name as a spreadsheet would: Customer ID."""
    words = name.split("_")
    return " ".join("ID" if word == "id" else word.capitalize() for word in words)


def _camel(entity: str, name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


_OWN_NAMES = """\
# The export of a shop with its own names, cents, and dates apart from times.
settings:
  time_zone: UTC
entities:
  customers:
    files: ["crm/people.csv", "people*.csv"]
    columns:
      customer_id: cust_no
      full_name: {expression: "concat(first_name, ' ', last_name)"}
      signed_up_at: registered
      annual_income: {expression: "income_thousands * 1000"}
    ignore: [clerk]
  order_lines:
    files: ["sales*.csv"]
    columns:
      order_id: receipt
      order_line_number: pos
      customer_id: cust_no
      ordered_at:
        expression: concat(sale_date, ' ', sale_time)
        date_format: "%d.%m.%Y %H:%M:%S"
      unit_price: {expression: "price_cents / 100"}
      discount_amount: {expression: "rebate_cents / 100"}
      currency: {value: USD}
      updated_at: changed
"""
_SALE_DATE = f"coalesce(strftime({_TIME}, '%d.%m.%Y'), x)"

DIALECTS = {
    "german_spreadsheet": Dialect(
        "semicolons, Latin-1, 31.12.2024, decimal comma, CRLF, headers with blanks",
        time=f"strftime({_TIME}, '%d.%m.%Y %H:%M:%S')",
        date=f"strftime({_TIME}, '%d.%m.%Y')",
        amount=f"case when {_NUMBER} is not null then replace(x, '.', ',') end",
        delimiter=";",
        texts={"product_name": "replace(x, 'a', 'ä')", "comment": "'schön: ' || x || ' – 5 €'"},
        encoding="cp1252",
        line_end="\r\n",
        headers=_spaced,
    ),
    "us_spreadsheet": Dialect(
        "byte order mark, 12/31/2024 6:30:00 PM, $1,234.56, 1.0 for 1, N/A, CRLF",
        time=f"strftime({_TIME}, '%-m/%-d/%Y %-I:%M:%S %p')",
        date=f"strftime({_TIME}, '%-m/%-d/%Y')",
        amount=f"case when {_NUMBER} < 0 then format('(${{:,.2f}})', -{_NUMBER}) "
        f"else format('${{:,.2f}}', {_NUMBER}) end",
        whole_number=f"case when {_NUMBER} is not null then x || '.0' end",
        missing="N/A",
        encoding="utf-8-sig",
        line_end="\r\n",
        headers=_camel,
    ),
    "utf16_tabs": Dialect(
        "UTF-16, tabs, 2024-12-31T18:30:00Z, NULL",
        time=f"strftime({_TIME}, '%Y-%m-%dT%H:%M:%SZ')",
        missing="NULL",
        suffix=".tsv",
        delimiter="\t",
        texts={"product_name": "'Ω ' || x"},
        encoding="utf-16",
        headers=lambda entity, name: name.upper(),
    ),
    "chinese": Dialect(
        "GB18030, Chinese headers with a mapping, 2024年12月31日, full-width digits, ￥",
        time=f"strftime({_TIME}, '%Y年%-m月%-d日 %H:%M:%S')",
        date=f"strftime({_TIME}, '%Y年%-m月%-d日')",
        amount=f"case when {_NUMBER} is not null then '￥' || x end",
        quantity=f"case when {_NUMBER} is not null "
        "then translate(x, '0123456789', '０１２３４５６７８９') end",
        encoding="gb18030",
        headers=lambda entity, name: _CHINESE.get(name, name),
        mapping=_chinese_mapping(),
    ),
    "json_lines": Dialect(
        "JSON lines, epoch milliseconds, numbers as numbers, empty fields left out, two files",
        time=f"cast(epoch_ms({_TIME}) as varchar)",
        suffix=".jsonl",
        headers=_camel,
        parts=2,
    ),
    "parquet": Dialect("Parquet, typed where every value is of the type", suffix=".parquet"),
    "split_gzip": Dialect(
        "bars, gzipped, five files an entity, one of them delivered twice",
        suffix=".csv.gz",
        delimiter="|",
        parts=5,
        delivered_twice="a part",
        time=f"strftime({_TIME}, '%Y/%m/%d %H:%M:%S')",
    ),
    "grown": Dialect(
        "an earlier state of each file beside the whole one",
        delivered_twice="grown",
        time=f"strftime({_TIME}, '%Y%m%d%H%M%S')",
    ),
    "broken_lines": Dialect(
        "ragged, truncated and badly encoded lines, and stray quotes", broken_lines=8
    ),
    "own_names": Dialect(
        "the names of a shop with a mapping: cents, first and last names, dates apart from times",
        mapping=_OWN_NAMES,
        selects={
            "customers": {
                "clerk": "'c' || length(email)",
                "cust_no": "customer_id",
                "first_name": "split_part(full_name, ' ', 1)",
                "last_name": "substr(full_name, nullif(instr(full_name, ' '), 0) + 1)",
                "income_thousands": "coalesce(cast(try_cast(annual_income as double) / 1000 "
                "as varchar), annual_income)",
                "registered": "signed_up_at",
            },
            "order_lines": {
                "receipt": "order_id",
                "pos": "order_line_number",
                "cust_no": "customer_id",
                "sale_date": _SALE_DATE.replace("x", "ordered_at"),
                "sale_time": "strftime(try_cast(ordered_at as timestamp), '%H:%M:%S')",
                "price_cents": "coalesce(cast(cast(round(try_cast(unit_price as double) * 100) "
                "as bigint) as varchar), unit_price)",
                "rebate_cents": "cast(cast(round(try_cast(discount_amount as double) * 100) "
                "as bigint) as varchar)",
                "changed": "coalesce(cast(epoch(try_cast(updated_at as timestamp))::bigint "
                "as varchar), updated_at)",
            },
        },
        dropped={
            "customers": {"customer_id", "full_name", "annual_income", "signed_up_at"},
            "order_lines": {
                "order_id",
                "order_line_number",
                "customer_id",
                "ordered_at",
                "unit_price",
                "discount_amount",
                "currency",
                "updated_at",
            },
        },
    ),
}
_OWN_FILES = {"customers": "people", "order_lines": "sales"}
_BROKEN = (
    b"only,two",
    b"far,too,many,fields,in,this,line,for,any,of,the,entities,and,then,some,more,of,them,yes",
    b'cut off in the middle,"of a quot',
    b"bytes that are no text: \xff\xfe\xfd",
    b'"text" after a quote,1',
    b"1",
    b'a stray " quote,"and another',
    b"\xc3\x28,broken",
)


def write_dialect(plain: Path, out: Path, name: str, planted: dict[str, dict]) -> dict[str, dict]:
    """Rewrite the plain CSV files of a company in a dialect.

    Parameters
    ----------
    plain : pathlib.Path
        Directory of the plain CSV files.
    out : pathlib.Path
        Directory for the rewritten ones, made if need be.
    name : str
        Name of the dialect.
    planted : dict of str to dict
        By entity, the counts of the plain files.

    Returns
    -------
    dict of str to dict
        The counts of the rewritten files; ``planted.json`` of the truth has them too.
    """
    dialect = DIALECTS[name]
    out.mkdir(parents=True, exist_ok=True)
    counts = json.loads(json.dumps(planted))
    with duckdb.connect() as session:
        for entity, columns in ENTITIES.items():
            session.execute(
                f"create or replace table plain as from read_csv({literal(str(plain))} "
                f"|| '/{entity}.csv', all_varchar = true, header = true)"
            )
            rewritten = _select(session, entity, columns, dialect)
            repeated = _write(session, rewritten, entity, out, name, dialect)
            of_entity = counts[entity]
            of_entity["exact_duplicates"] += repeated
            of_entity["received"] += repeated + dialect.broken_lines
            if dialect.broken_lines:
                of_entity["rejected"]["unreadable_record"] = dialect.broken_lines
    if dialect.mapping:
        (out / "mapping.yml").write_text(dialect.mapping, encoding="utf-8")
    return counts


def _select(
    session: duckdb.DuckDBPyConnection, entity: str, columns: tuple[Column, ...], dialect: Dialect
) -> str:
    """Write the SQL of an entity's records in the dialect."""
    kinds = {column.name: column.kind for column in columns}
    there = [name for name, *_ in session.execute("describe plain").fetchall()]
    dropped = dialect.dropped.get(entity, set())
    parts = [
        f"{sql} as {identifier(name)}" for name, sql in dialect.selects.get(entity, {}).items()
    ]
    for column in there:
        if column in dropped:
            continue
        kind = kinds.get(column, "text")
        template = {
            "time": dialect.time,
            "date": dialect.date,
            "whole number": dialect.whole_number,
            "number": dialect.quantity if column == "quantity" else "null",
        }.get(kind, "null")
        if column in _AMOUNTS:
            template = dialect.amount
        template = dialect.texts.get(column, template)
        text = f"coalesce(({template}), x)" if template != "null" else "x"
        if dialect.missing:
            text = f"coalesce({text}, {literal(dialect.missing)})"
        header = identifier(dialect.headers(entity, column))
        parts.append(f"(select {text} from (select {identifier(column)} as x)) as {header}")
    return f"select {', '.join(parts)} from plain order by rowid"


def _write(
    session: duckdb.DuckDBPyConnection,
    rewritten: str,
    entity: str,
    out: Path,
    name: str,
    dialect: Dialect,
) -> int:
    """Write the files of an entity; give how many records are delivered a second time."""
    session.execute(f"create or replace table rewritten as {rewritten}")
    ((rows,),) = session.execute("select count(*) from rewritten").fetchall()
    stem = _OWN_FILES.get(entity, entity) if name == "own_names" else entity
    bounds = [rows * part // dialect.parts for part in range(dialect.parts + 1)]
    files = {
        f"{stem}_{part + 1}" if dialect.parts > 1 else stem: (bounds[part], bounds[part + 1])
        for part in range(dialect.parts)
    }
    repeated = 0
    if dialect.delivered_twice == "a part":
        files[f"{stem}_2_again"] = (bounds[1], bounds[2])
        repeated = bounds[2] - bounds[1]
    elif dialect.delivered_twice == "grown":
        repeated = rows * 6 // 10
        files = {f"{stem}_1": (0, repeated), f"{stem}_2": (0, rows)}
    for file, (first, last) in files.items():
        part = f"(from rewritten where rowid >= {first} and rowid < {last})"
        _write_file(session, part, out / f"{file}{dialect.suffix}", dialect)
    return repeated


def _write_file(
    session: duckdb.DuckDBPyConnection, part: str, path: Path, dialect: Dialect
) -> None:
    if dialect.suffix == ".parquet":
        session.execute(f"copy (select {_typed(session)} from {part}) to {literal(str(path))}")
        return
    if dialect.suffix == ".jsonl":
        rows = session.execute(f"select {_typed(session)} from {part}")
        names = [each[0] for each in rows.description]
        with path.open("w", encoding="utf-8") as lines:
            for row in rows.fetchall():
                filled = {n: v for n, v in zip(names, row, strict=True) if v is not None}
                lines.write(json.dumps(filled, ensure_ascii=False, default=str) + "\n")
        return
    plain = path.with_name("rewritten.tmp")
    session.execute(
        f"copy {part} to {literal(str(plain))} "
        f"(format csv, header, delimiter {literal(dialect.delimiter)})"
    )
    text = plain.read_text(encoding="utf-8").replace("\n", dialect.line_end)
    plain.unlink()
    content = text.encode(dialect.encoding)
    if dialect.broken_lines:
        content = _with_broken_lines(content, dialect.broken_lines)
    if path.suffix == ".gz":
        content = gzip.compress(content, mtime=0)
    path.write_bytes(content)


def _typed(session: duckdb.DuckDBPyConnection) -> str:
    """Write the SQL of the columns, typed where every value is written as its type is."""
    columns = []
    for name, *_ in session.execute("describe rewritten").fetchall():
        quoted, chosen = identifier(name), "varchar"
        for kind in ("bigint", "double", "timestamp"):
            ((fits,),) = session.execute(
                f"select count(cast(try_cast({quoted} as {kind}) as varchar) = {quoted} or null) "
                f"= count({quoted}) from rewritten"
            ).fetchall()
            if fits:  # ids with leading zeros, and prices like 9.90, stay text
                chosen = kind
                break
        columns.append(f"cast({quoted} as {chosen}) as {quoted}")
    return ", ".join(columns)


def _with_broken_lines(content: bytes, count: int) -> bytes:
    """Put broken lines between the others, evenly."""
    header, *lines = content.rstrip(b"\n").split(b"\n")
    for number in range(count):
        place = (number + 1) * len(lines) // (count + 1)
        lines.insert(place, _BROKEN[number % len(_BROKEN)])
    return b"\n".join([header, *lines]) + b"\n"
