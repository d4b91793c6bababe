"""The column that the message about a lacking one proposes, for headers of many tools."""

import pytest

from customer_personas.intake.columns import key, normal_names
from customer_personas.intake.hints import guess_column

HASHED = '{{expression: "keyed_hash({})"}}'
LINES = [
    # header, customer_id, ordered_at, unit_price
    ("ID;Customer Date;Order Date;Price", None, "order_date", "price"),
    ("Order ID;User ID;Created At;Item Price;Qty", "user_id", "created_at", "item_price"),
    ("InvoiceNo;StockCode;InvoiceDate;UnitPrice;CustomerID", "customer_id", "invoice_date", None),
    ("Invoice;InvoiceDate;Price;Customer ID", "customer_id", "invoice_date", "price"),
    (
        "order_id;order_purchase_timestamp;customer_unique_id;price;freight_value",
        *("customer_unique_id", "order_purchase_timestamp", "price"),
    ),
    ("Name;Email;Created at;Lineitem price", HASHED.format("email"), "created_at", None),
    ("household_id;basket_id;transaction_timestamp;sales_value", "household_id", None, None),
    ("CustNo;SaleDate;Amount", "cust_no", "sale_date", "amount"),
    ("custno;saledate;amount", "custno", "saledate", "amount"),
    ("client_id;date;montant", "client_id", "date", "montant"),
    ("Kundennummer;Datum;Betrag", "kundennummer", "datum", "betrag"),
    ("member;Date;Time;Total", "member", "date", "total"),
    ("Transaction ID;Date;Gross Sales;Customer Name", None, "date", "gross_sales"),
    (
        "id;Created (UTC);Amount;Customer Email",
        HASHED.format("customer_email"),
        "created_utc",
        None,
    ),
    ("account number;posted on;value", "account_number", None, "value"),
    (
        "Kundennummer;Bestelldatum;Artikelnummer;Menge;Einzelpreis",
        *("kundennummer", "bestelldatum", "einzelpreis"),
    ),
    ("顧客ID;注文日;商品;数量;単価", "顧客id", "注文日", "単価"),
    ("客户编号;下单时间;商品;数量;单价", "客户编号", "下单时间", "单价"),
    ("고객번호;주문일자;상품;수량;단가", "고객번호", "주문일자", "단가"),
    ("client_id;fecha_pedido;producto;precio", "client_id", "fecha_pedido", "precio"),
    ("CustNo;InvDate;StockCode;Qty;Net", "cust_no", "inv_date", "net"),
    ("receipt;shop", None, None, None),
]
OTHERS = [
    ("customers", "customer_id", "ID;Customer Date;Name", "id"),
    ("customers", "customer_id", "Record ID;First Name;Email", "record_id"),
    ("customers", "customer_id", "Id;IsDeleted;AccountId;Email", "id"),
    ("customers", "customer_id", "customerID;tenure;Churn", "customer_id"),
    ("customers", "customer_id", "CLIENTNUM;Attrition_Flag", "clientnum"),
    ("customers", "customer_id", "RowNumber;CustomerId;Surname", "customer_id"),
    ("customers", "customer_id", "Email Address;MEMBER_RATING", HASHED.format("email_address")),
    ("customers", "customer_id", "age;job;balance", None),
    ("customers", "customer_id", "customer_date;customer_city", None),
    ("web_events", "occurred_at", "event_date;event_timestamp;event_name", "event_date"),
    ("web_events", "occurred_at", "visitorid;timestamp;event;itemid", "timestamp"),
    ("web_events", "event_type", "visitorid;timestamp;event;itemid", "event"),
    ("web_events", "event_type", "time;action", "action"),
    ("web_events", "event_type", "time;page", None),
    ("web_events", "customer_id", "time;user", "user"),
    ("feedback", "submitted_at", "review_id;review_creation_date;review_score", None),
    ("feedback", "submitted_at", "Response Date;Score", "response_date"),
    ("feedback", "submitted_at", "date;score", "date"),
    ("declared_needs", "need", "customer_id;interest", "interest"),
    ("declared_needs", "need", "customer_id;neeed", "neeed"),
    ("declared_needs", "need", "customer_id;x", None),
]


@pytest.mark.parametrize(("header", "customer", "time", "price"), LINES)
def test_order_lines_of_many_tools(header, customer, time, price):
    names = normal_names(header.split(";"), "sales.csv")
    assert guess_column("customer_id", "order_lines", names) == customer
    if time is not None or "receipt" in names:
        assert guess_column("ordered_at", "order_lines", names) == time
    if price is not None or "receipt" in names:
        assert guess_column("unit_price", "order_lines", names) == price


@pytest.mark.parametrize(("entity", "canonical", "header", "guessed"), OTHERS)
def test_columns_of_other_entities(entity, canonical, header, guessed):
    names = normal_names(header.split(";"), "file.csv")
    found = guess_column(canonical, entity, names)
    # any date of the review does
    assert found == guessed or (guessed is None and canonical == "submitted_at")


@pytest.mark.parametrize("entity", ["customers", "order_lines"])
def test_nothing_of_another_kind_is_ever_proposed(entity):
    names = [
        "customer_date",
        "customer_total",
        "order_total_discount",
        "idea",
        "candid",
        "price_date",
    ]
    assert guess_column("customer_id", entity, names) is None
    assert guess_column("unit_price", entity, names) is None
    assert guess_column("ordered_at", entity, ["order_id", "order_status", "dated", "sale"]) is None


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("हिन्दी नाम", "हिन्दी_नाम"),
        ("ชื่อลูกค้า", "ชื่อลูกค้า"),
        ("So\u0302\u0301 đie\u0323\u0302n thoa\u0323i", "số_điện_thoại"),
        ("Größe", "größe"),
        ("I\u0307L KODU", "il_kodu"),
        ("İL KODU", "il_kodu"),
        ("क\u094d\u200dष", "क\u094dष"),
    ],
)
def test_marks_of_letters_stay_with_them(header, name):
    assert normal_names([header], "file.csv") == [name]
    assert key(header) == name.replace("_", "")


def test_names_that_differ_in_marks_only_are_two_columns():
    assert normal_names(["बल", "बाल", "बोल"], "file.csv") == ["बल", "बाल", "बोल"]
