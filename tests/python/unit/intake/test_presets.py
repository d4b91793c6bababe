"""Presets: made-up exports of each tool, and the figures that must come out."""

import shutil
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from customer_personas.intake import IntakeError
from customer_personas.intake.check import check_files
from customer_personas.intake.entities import ENTITIES
from customer_personas.intake.landing import entity_query, land_files
from customer_personas.intake.limits import Limits
from customer_personas.intake.mapping import load_mapping
from customer_personas.intake.parts import Part
from customer_personas.intake.presets import load_presets, recognise_export
from customer_personas.intake.received import receive_file
from customer_personas.warehouse.identifier_keys import identifier_keys, key_variables, keyed_hash

EXPORTS = Path(__file__).parent / "presets"
IDA, TEO, NOOR, RUI = (
    keyed_hash(f"{name}@mail.example", identifier_keys()[0])
    for name in ("ida.lund", "teo", "noor", "rui")
)
# what each customer of an export must come out as: id, consent, country, signed up, further columns
CUSTOMERS = {
    "shopify_customers": [
        (IDA, "yes", "NO", None, {"accepts_sms_marketing", "tags", "tax_exempt"}),
        (TEO, "no", "US", None, {"accepts_sms_marketing", "tags", "tax_exempt"}),
        ("7100000000003", "no", None, None, {"accepts_sms_marketing", "tags", "tax_exempt"}),
    ],
    "hubspot_contacts": [
        (IDA, "yes", "Norway", "2024-03-12 09:14:00", {"lead_status", "lifecycle_stage", "mcs"}),
        (TEO, "no", "United States", "2024-05-30 17:45:00", None),
        ("503", None, "Netherlands", "2024-11-02 12:00:00", None),
    ],
    "salesforce_contacts": [
        (IDA, None, "Norway", "2024-03-12 09:14:00", {"lead_source"}),
        (TEO, "no", "United States", "2024-05-30 17:45:00", None),
        ("0035g00000AAAA3AAA", None, "Netherlands", "2024-11-02 12:00:00", None),
    ],
    "klaviyo_profiles": [
        (IDA, "yes", "Norway", "2024-03-12 09:14:00", {"source"}),
        (TEO, "no", "United States", "2024-05-30 17:45:00", None),
        (NOOR, None, "Netherlands", "2024-11-02 12:00:00", None),
    ],
    "mailchimp_audience": [
        (NOOR, None, "nl", "2024-11-02 12:00:00", {"interest", "member_rating"}),
        (IDA, "yes", "no", "2024-03-12 09:14:40", None),
        (RUI, "yes", "pt", "2024-07-01 07:00:00", None),
        (TEO, "no", "us", "2024-05-30 17:45:10", None),
    ],
    "olist": [
        ("u1", None, "BR", None, set()),
        ("u1", None, "BR", None, None),
        ("u2", None, "BR", None, None),
    ],
}
# customer, order, product, pieces, price; discount and refund of the order; status, time
LINES = {
    "shopify_orders": [
        (IDA, "#1003", "TEA-1", 2, 10, 10, 0, "paid", "2025-01-20 22:00:00"),
        (IDA, "#1003", "POT-1", 1, 30, 10, 0, "paid", "2025-01-20 22:00:00"),
        (TEO, "#1002", "CUP-1", 1, 12, 0, 17, "refunded", "2025-01-14 08:30:00"),
        (TEO, "#1001", "SET-1", 1, 99, 0, 0, "cancelled", "2025-01-03 13:05:09"),
    ],
    "woocommerce_orders": [
        (IDA, "201", "TEA-1", 2, 9, None, None, "Completed", "2025-01-03 14:05:00"),
        (IDA, "201", "Cast iron pot", 1, 27, None, None, "Completed", "2025-01-03 14:05:00"),
        (TEO, "202", "CUP-1", 1, 12, None, None, "Cancelled", "2025-01-14 09:30:00"),
        (TEO, "203", "CUP-1", 2, 12, None, None, "Processing", "2025-01-20 23:00:00"),
    ],
    "stripe_charges": [
        (IDA, "ch_a1", None, 1, 20, None, 0, "Paid", "2025-01-03 14:05:09"),
        (IDA, "ch_a2", None, 1, 50, None, 12.5, "Paid", "2025-01-04 09:00:00"),
        (TEO, "ch_a3", None, 1, 30, None, 30, "Refunded", "2025-01-05 10:30:00"),
        (TEO, "ch_a4", None, 1, 99, None, 0, "failed", "2025-01-06 10:30:00"),
        (TEO, "pi_a5", None, 1, 15, None, 0, "failed", "2025-01-07 10:30:00"),
        ("cus_3", "ch_a6", None, 1, 7, None, 0, "Paid", "2025-01-08 10:30:00"),
    ],
    "square_items": [
        ("C1", "TX1", "T-1", 2, 4, None, None, None, "2025-01-03 10:15:00"),
        ("C1", "TX1", "Scone", 1, 3.5, None, None, None, "2025-01-03 10:15:00"),
        ("C1", "TX1", "Scone", 1, 3.5, None, None, None, "2025-01-03 10:15:00"),
        ("C1", "TX2", "T-1", -1, 4, None, None, None, "2025-01-09 16:40:12"),
        ("C2", "TX3", "B-1", 0.5, 20, None, None, None, "2025-01-10 11:00:00"),
        (None, "TX4", "T-1", 1, 4, None, None, None, "2025-01-11 11:00:00"),
    ],
    "magento_orders": [
        (IDA, "000000101", None, 1, 40, None, None, "Complete", "2025-01-03 14:05:09"),
        (IDA, "000000102", None, 1, 60, None, 15, "Complete", "2025-01-14 09:30:00"),
        (TEO, "000000103", None, 1, 20, None, 25, "refunded", "2025-01-20 23:00:00"),
        (TEO, "000000104", None, 1, 99, None, None, "Canceled", "2025-02-01 00:10:00"),
    ],
    "olist": [
        ("u1", "0a01", "p1", 1, 58.9, None, None, "completed", "2018-01-03 10:56:33"),
        ("u1", "0a01", "p1", 1, 58.9, None, None, "completed", "2018-01-03 10:56:33"),
        ("u1", "0a02", "p2", 1, 12.99, None, None, "completed", "2018-02-11 20:41:37"),
        ("u2", "0a03", "p9", 1, 200, None, None, "cancelled", "2018-02-20 08:38:49"),
    ],
}
# of single lines; coupons of WooCommerce are taken off its prices already
DISCOUNTS = {
    "square_items": [1, 0, 0, 0.5, 0, 0],
    "shopify_orders": [0] * 4,
    "woocommerce_orders": [0] * 4,
}


@pytest.fixture
def session():
    with duckdb.connect() as connection:
        for name, value in key_variables().items():
            connection.execute(f"set variable {name} = ?", [value])
        yield connection


def rows(session, folder, entity: str, columns: str) -> list[tuple]:
    query = entity_query(land_files(session, folder, entity).readings, entity)
    return session.execute(
        f"select {columns} from ({query}) order by source_file, record_number"
    ).fetchall()


def param(name: str, text: str | None = None, whole: int | None = None) -> dict:
    value = {"string_value": text, "int_value": whole, "float_value": None, "double_value": None}
    return {"key": name, "value": value}


def event(second: int, name: str, page: str, device: str, *items: tuple, user=None) -> dict:
    """An event of Google Analytics 4, as BigQuery writes it."""
    return {
        "event_date": "20250103",
        "event_timestamp": 1_735_912_800_000_000 + second * 1_000_000,
        "event_name": name,
        "event_params": [param("page_location", page), param("ga_session_id", whole=77)],
        "event_bundle_sequence_id": 4,
        "user_id": user,
        "user_pseudo_id": "1.17",
        "user_first_touch_timestamp": 1_735_912_800_000_000,
        "device": {"category": device, "language": "nb-no"},
        "geo": {"country": "Norway", "city": "Bergen"},
        "items": [{"item_id": id, "item_category": category} for id, category in items],
    }


SHOP = "https://shop.example"
EVENTS = [
    event(0, "page_view", f"{SHOP}/", "mobile"),
    event(5, "view_item", f"{SHOP}/tea", "mobile", ("TEA-1", "tea")),
    event(6, "view_item_list", f"{SHOP}/all", "mobile", ("TEA-1", "tea"), ("CUP-1", "cups")),
    event(9, "view_search_results", f"{SHOP}/?pot", "desktop", user="c7"),
    event(12, "add_to_cart", f"{SHOP}/tea", "desktop", ("TEA-1", "tea"), user="c7"),
    event(20, "begin_checkout", f"{SHOP}/pay", "desktop", ("TEA-1", "tea"), user="c7"),
]


def lay_out(folder: Path, name: str) -> Path:
    """Lay the export of a tool into a folder."""
    if name == "ga4_events":
        pq.write_table(pa.Table.from_pylist(EVENTS), folder / "events_20250103.parquet")
    else:
        shutil.copytree(EXPORTS / name, folder, dirs_exist_ok=True)
    return folder


def landed(folder: Path, name: str, mapping: str | None = None) -> Path:
    """Lay the export of a tool into a landing folder that names the preset."""
    lay_out(folder, name)
    (folder / "mapping.yml").write_text(mapping or f"preset: {name}\n")
    return folder


# One of each shape of export; to count the values of thirty columns takes half a second.
ALWAYS = {"shopify_orders", "stripe_charges", "mailchimp_audience", "olist"}


def each_of(names: dict) -> list:
    return [
        pytest.param(name, marks=[] if name in ALWAYS else pytest.mark.slow, id=name)
        for name in names
    ]


@pytest.mark.parametrize("name", each_of(CUSTOMERS))
def test_customers_come_out_with_their_consent_and_dates(session, tmp_path, name):
    columns = "customer_id, marketing_consent, country, signed_up_at::varchar, attributes"
    found = rows(session, landed(tmp_path, name), "customers", columns)
    assert [row[:4] for row in found] == [row[:4] for row in CUSTOMERS[name]]
    further = set(yaml.safe_load(found[0][4] or "{}"))
    expected = {
        {"mcs": "marketing_contact_status"}.get(each, each) for each in CUSTOMERS[name][0][4]
    }
    assert further == expected


@pytest.mark.parametrize("name", each_of(LINES))
def test_order_lines_come_out_with_their_money_and_status(session, tmp_path, name):
    columns = (
        "customer_id, order_id, product_id, quantity::double, unit_price::double, "
        "order_discount_amount::double, order_refunded_amount::double, order_status, "
        "ordered_at::varchar, discount_amount::double"
    )
    found = rows(session, landed(tmp_path, name), "order_lines", columns)
    assert [line[:-1] for line in found] == LINES[name]
    assert [line[-1] for line in found] == DISCOUNTS.get(name, [None] * len(found))


def test_reviews_of_olist_know_their_customer(session, tmp_path):
    columns = "feedback_id, customer_id, rating::double, rating_scale_max::int, feedback_type"
    assert rows(session, landed(tmp_path, "olist"), "feedback", columns) == [
        ("r1-0a01", "u1", 4.0, 5, "review"),
        ("r1-0a02", "u1", 1.0, 5, "review"),
    ]


def test_events_of_analytics_come_out_with_page_product_and_device(session, tmp_path):
    columns = "event_type, customer_id, visitor_id, product_id, product_category, device_type"
    found = rows(
        session,
        landed(tmp_path, "ga4_events"),
        "web_events",
        f"{columns}, replace(page_url, '{SHOP}', ''), occurred_at::varchar",
    )
    of_item = ("TEA-1", "tea")
    assert found == [
        ("page_view", None, "1.17", None, None, "mobile", "/", "2025-01-03 14:00:00"),
        ("view_item", None, "1.17", *of_item, "mobile", "/tea", "2025-01-03 14:00:05"),
        ("view_item_list", None, "1.17", None, None, "mobile", "/all", "2025-01-03 14:00:06"),
        (
            "view_search_results",
            "c7",
            "1.17",
            None,
            None,
            "desktop",
            "/?pot",
            "2025-01-03 14:00:09",
        ),
        ("add_to_cart", "c7", "1.17", *of_item, "desktop", "/tea", "2025-01-03 14:00:12"),
        ("begin_checkout", "c7", "1.17", *of_item, "desktop", "/pay", "2025-01-03 14:00:20"),
    ]
    assert len(set(rows(session, tmp_path, "web_events", "event_id"))) == len(EVENTS)


@pytest.mark.parametrize("name", load_presets())
def test_each_preset_is_recognised_by_the_columns_of_its_export_alone(session, tmp_path, name):
    preset = load_presets()[name]
    found = set()
    for path in sorted(lay_out(tmp_path, name).iterdir()):
        part = Part(path.name, path)
        file = receive_file(session, part, "received", {}, Limits())
        found |= {(each.name, entity) for each, entity in recognise_export(file.columns)}
    assert found == {(name, entity) for entity in preset.entities}
    # and by none of the plain files
    for entity, columns in ENTITIES.items():
        own = [column.name for column in columns]
        assert not recognise_export(own), entity


@pytest.mark.parametrize("name", load_presets())
def test_each_preset_is_a_mapping_that_can_be_read(tmp_path, name):
    (tmp_path / "mapping.yml").write_text(f"preset: {name}\n")
    mapping = load_mapping(tmp_path)
    for entity in load_presets()[name].entities:
        group = mapping.entities[entity][0]
        assert group.columns
        assert group.files
        assert not group.named_columns()
        assert not group.is_given
        # files are known by what is said of them, which a set would say in another order each time
        assert "set(" not in repr(group)
        assert list(group.assumed) == sorted(group.assumed)


@pytest.mark.parametrize("name", ["olist"])
def test_the_check_proposes_the_preset(tmp_path, name):
    preset = load_presets()[name]
    lay_out(tmp_path, name)
    lines, _, _ = check_files(tmp_path)
    said = "\n".join(lines)
    assert preset.about in said
    assert f"preset: {name}" in said
    # what it proposes does away with the problem
    (tmp_path / "mapping.yml").write_text(f"preset: {name}\n")
    lines, entities, problems = check_files(tmp_path)
    assert not problems
    assert set(entities) == set(preset.entities)
    assert "preset: " not in "\n".join(lines)


def test_the_check_names_the_files_that_have_other_names_than_the_tool_gives(tmp_path):
    for name in ("stripe_charges", "magento_orders"):
        lay_out(tmp_path, name)
    (tmp_path / "export.csv").rename(tmp_path / "shop 2025.csv")
    said = "\n".join(check_files(tmp_path)[0])
    shop = '{preset: magento_orders, files: ["shop 2025.csv"]}'
    payments = '{preset: stripe_charges, files: ["unified_payments.csv"]}'
    assert f"order_lines: [{shop}, {payments}]" in said
    assert "the sales would count twice" in said


def test_the_mappings_own_keys_and_settings_stand_beside_those_of_the_preset(session, tmp_path):
    own = """
    preset: stripe_charges
    settings: {missing_values: [Kettle]}
    entities:
      order_lines:
        columns:
          customer_id: Customer ID
          product_name: Description
          order_status: {value: completed}
    """
    folder = landed(tmp_path, "stripe_charges", own)
    # a file that was renamed after its entity is one of the tool, too
    (folder / "unified_payments.csv").rename(folder / "order_lines_2025.csv")
    columns = "customer_id, product_name, order_status, unit_price::double"
    found = rows(session, folder, "order_lines", columns)
    assert found[3] == ("cus_2", "Set", "completed", 99.0)
    assert found[1] == ("cus_1", None, "completed", 50.0)


def test_a_column_that_the_mapping_reads_is_read_for_nothing_else(session, tmp_path):
    own = """
    entities:
      customers:
        preset: hubspot_contacts
        columns: {customer_id: Record ID, occupation: Lead Status, region: Country/Region}
        attributes: {City: {read_as: text}}
        ignore: [Lifecycle Stage]
    """
    folder = landed(tmp_path, "hubspot_contacts", own)
    path = next(folder.glob("hubspot*"))
    path.write_text(path.read_text().replace("Associated Company", "City"))
    columns = "customer_id, occupation, region, country, attributes"
    *found, attributes = rows(session, folder, "customers", columns)[0]
    assert found == ["501", "New", "Norway", None]
    # what the preset would have read, had the mapping not, is a further column like any other
    assert set(yaml.safe_load(attributes)) == {
        *("city", "marketing_contact_status", "state_region", "job_title")
    }


def test_two_presets_of_one_entity_are_told_apart_by_their_files(tmp_path):
    landed(tmp_path, "square_items", "preset: [square_items, magento_orders]\n")
    mapping = load_mapping(tmp_path)
    groups = mapping.entities["order_lines"]
    for name, group in (("items-2025.csv", groups[0]), ("export_2.csv", groups[1])):
        assert mapping.of_file(name) == ("order_lines", group)
    # with two of them, a file that is named after the entity may be of either, or of neither
    assert mapping.of_file("order_lines.csv") == ("order_lines", groups[2])
    assert not groups[2].columns


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ("preset: shop", "mapping.yml, preset: there is no preset 'shop'; there are "),
        ("preset: olists", "Did you mean olist?"),
        ("preset: [[a]]", "there is no preset"),
        ("preset: {a: b}", "mapping.yml, preset: give a list"),
        ("entities: {customers: {preset: olistt}}", "entities: customers: there is no preset"),
        (
            "entities: {web_events: {preset: olist}}",
            "the preset olist is of order_lines, customers, feedback. Name it there.",
        ),
        (
            "preset: olist\nentities: {customers: [{files: a}, {files: b}]}",
            "it cannot be told which part is to be added to the preset olist",
        ),
        (
            "preset: olist\nentities: {customers: {columns: {gender: nr}}}",
            "the column nr, which no file has",
        ),
        ("preset: olist\nentities: {customers: {columns: 7}}", "expected names with values"),
        ("preset: olist\nentities: {customers: {ignore: {a: b}}}", "give a list"),
    ],
)
def test_what_cannot_be_meant_is_told(session, tmp_path, mapping, message):
    landed(tmp_path, "olist", mapping)
    with pytest.raises(IntakeError) as error:
        land_files(session, tmp_path, "customers")
    assert message in str(error.value)
