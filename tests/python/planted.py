"""The records of a small shop, with identifiers planted where nobody expects them."""

import csv
import re
from pathlib import Path

import yaml
from disguises import FORMS

from customer_personas.simulate import simulate

ENTITIES = ["customers", "order_lines", "web_events", "feedback", "declared_needs"]
ENTITIES += ["consents", "contacts"]

KEY = "correct-horse-battery-2026"
# The shop is built with what it recorded before these days.
DAYS = ["2025-10-01", "2025-11-15"]
RECORDED_AT = {
    "customers": "updated_at",
    "order_lines": "ordered_at",
    "web_events": "occurred_at",
    "feedback": "submitted_at",
    "declared_needs": "declared_at",
    "consents": "recorded_at",
    "contacts": "sent_at",
}


def name(i: int) -> str:
    return f"Zebediah Quillfeather{i:03}"


def mail(i: int) -> str:
    return f"zq{i:03}@planted-mail.example"


def phone(i: int) -> str:
    return f"+49 1577 9{i:06}"


PLANTED = [each(i) for i in range(67) for each in (name, mail, phone)][:200]

# Disguised ones: by entity and column, how many customers, lines and so on have each. Where several
# share one it is common enough to be published.
DISGUISED_IN = {
    "customers": {
        "region": 1,
        "occupation": 1,
        "gender": 1,
        "country": 1,
        "tier": 1,
        "shared_tier": 5,
    },
    "order_lines": {
        "order_id": 1,
        "product_id": 1,
        "product_name": 1,
        "product_category": 1,
        "order_status": 1,
    },
    "web_events": {
        "event_id": 1,
        "event_type": 6,
        "product_id": 1,
        "product_category": 6,
        "device_type": 6,
    },
    "feedback": {"feedback_id": 1, "channel": 1, "feedback_type": 1, "comment": 1},
    "declared_needs": {"need": 1},
    "consents": {"channel": 1, "purpose": 1, "status": 1},
    "contacts": {"campaign": 1, "campaign_type": 1, "channel": 1, "response": 1},
}
# In a product id a number that is set apart may be that of the article.
_MAY_BE_ARTICLES = {
    *("dotted", "spaced", "slash", "brackets", "dashes", "social security"),
    *("house in front", "house behind", "rue", "P.O. box"),
}
# In names of files and in what the mapping gives.
FILE_MAIL, LITERAL_MAIL, LITERAL_PHONE, LOOKED_UP = (
    FORMS[form](9000 + n) for n, form in enumerate(["mail", "mail", "plus", "dashes"])
)

# How one of them may be written: as it is, in other letters, or a phone number by its digits.
_WRITTEN = re.compile(
    r"zebediah quillfeather\d{3}|zq\d{3}@planted-mail\.example|(?:\+49 1577 |491577)9\d{6}"
)
_PARTS = ("quillfeather", "@planted-mail", "1577 9", "15779")


def found_in(text: str) -> set[str]:
    """Return what a text holds of the planted identifiers, in lower case."""
    text = text.lower()
    # looked for first, since most texts hold nothing and patterns are slow
    return set(_WRITTEN.findall(text)) if any(part in text for part in _PARTS) else set()


def plant(rows: dict[str, list[dict]]) -> None:
    """Put the identifiers in their proper columns and in odd ones."""
    people = rows["customers"]
    for i in range(67):
        people[i] |= {"full_name": name(i), "email": mail(i), "phone": phone(i)}
    for i, person in enumerate(people):
        # columns that nobody declared: names, a few addresses among other texts, numbers
        person["assistant"] = name(i % 67)
        person["contact"] = mail(i % 67) if i % 40 == 0 else f"branch {i % 3}"
        person["hotline"] = phone(i % 67)
        person["tier"] = person["shared_tier"] = ("gold", "silver", "bronze")[i % 3]
    people[70] |= {"region": mail(1), "occupation": phone(2)}
    people[71]["gender"] = mail(3)
    for i, line in enumerate(rows["feedback"]):
        line["comment"] = f"I am {name(i % 67)}, call {phone(i % 67)} or write to {mail(i % 67)}"
    for i, event in enumerate(rows["web_events"][:300]):
        event["page_url"] = f"/account?mail={mail(i % 67)}&name={name(i % 67)}"
        event["visitor_id"] = (mail if i % 2 else phone)(i % 67)
    for i, line in enumerate(rows["order_lines"][:200]):
        line["order_id"] = (mail if i % 2 else phone)(i % 67)
        line["product_name"] = f"Gift for {mail(i % 67)}"
    for entity, columns in DISGUISED_IN.items():
        first = {"customers": 72, "order_lines": 200, "web_events": 300}.get(entity, 0)
        early = [row for row in rows[entity][first:] if row[RECORDED_AT[entity]] < DAYS[0]]
        for place, (column, copies) in enumerate(columns.items()):
            identifiers = [each for each in disguised(entity, column) for _ in range(copies)]
            step = len(early) // len(identifiers)
            for i, identifier in enumerate(identifiers):
                early[i * step + place % step][column] = identifier
    # set aside: from the future
    rows["feedback"][-1] |= {"submitted_at": "2094-01-01 00:00:00"}


def disguised(entity: str, column: str) -> list[str]:
    """List the disguised identifiers that are planted in a column: one of each form.

    Parameters
    ----------
    entity, column : str
        As in `DISGUISED_IN`.

    Returns
    -------
    list of str
        Other ones than in any other column, but for forms with few numbers.
    """
    places = [(each, name) for each, columns in DISGUISED_IN.items() for name in columns]
    first = 100 * (1 + places.index((entity, column)))
    return [
        make(first + n)
        for n, (form, make) in enumerate(FORMS.items())
        if column != "product_id" or form not in _MAY_BE_ARTICLES
    ]


def make_records(scratch: Path) -> dict[str, list[dict]]:
    """Make the shop's records, as rows by entity.

    Parameters
    ----------
    scratch : Path
        Where the simulator may leave what it does not need any more.

    Returns
    -------
    dict of list of dict
        Texts by column name.
    """
    simulate(300, scratch / "plain", "csv", 5, scratch)
    rows = {}
    for entity in ENTITIES:
        with (scratch / "plain" / f"{entity}.csv").open(newline="") as lines:
            rows[entity] = list(csv.DictReader(lines))
        for row in rows[entity]:
            if row["customer_id"].strip():
                row["customer_id"] = f"KD{row['customer_id'].strip()}QX"
    plant(rows)
    return rows


def deliver(rows: dict[str, list[dict]], landing: Path, day: str) -> None:
    """Write the landing files of what was recorded before a day, and of what has no sensible time.

    Parameters
    ----------
    rows : dict
        As :func:`make_records` gives them.
    landing : Path
        Where the files go.
    day : str
        Such as ``2025-10-01``; the records go on to the end of that year.
    """
    for entity, each in rows.items():
        with (landing / f"{entity}.csv").open("w", newline="") as lines:
            writer = csv.DictWriter(lines, list(each[0]))
            writer.writeheader()
            writer.writerows(
                row for row in each if not day <= row[RECORDED_AT[entity]] < "2026-01-01"
            )
    # a few records in a file that is called after somebody
    name = f"feedback_{FILE_MAIL}.csv"
    if not (landing / name).exists():
        lines = (landing / "feedback.csv").read_text().splitlines(keepends=True)
        (landing / name).write_text("".join(lines[:4]))
    (landing / "devices.csv").write_text(f"device_type,maker\nmobile,{LOOKED_UP}\ndesktop,Kraft\n")
    mapping = {
        "customers": {"columns": {"region": {"expression": f"coalesce(region, '{LITERAL_MAIL}')"}}},
        "web_events": {
            "lookup": {"file": "devices.csv", "key": "device_type", "columns": {"maker": "maker"}},
            "columns": {"device_type": {"expression": "coalesce(maker, device_type)"}},
        },
        "feedback": {
            "columns": {"channel": {"expression": f"coalesce(channel, '{LITERAL_PHONE}')"}}
        },
    }
    (landing / "mapping.yml").write_text(yaml.safe_dump({"entities": mapping}))
    # a line with a field too many, of somebody who will be erased
    with (landing / "order_lines.csv").open("a", newline="") as lines:
        lines.write(
            f"{mail(4)},1,{customer_ids(landing)[0]},2025-01-01,X,Y,Z,1,1,1,EUR,completed,,"
            f"{phone(5)},9\n"
        )


def customers_in(text: str) -> set[str]:
    """Return the customers of the shop that a text names."""
    return set(re.findall(r"KD\d+QX", text))


def customer_ids(landing: Path) -> list[str]:
    """Return the customers of the shop who ordered, in order."""
    with (landing / "order_lines.csv").open(newline="") as lines:
        return sorted({row["customer_id"] for row in csv.DictReader(lines)} - {""})
