"""Which column of a file a person would take for a canonical one that it seems to lack."""

import difflib
import re

_WHO = (
    *("customer", "cust", "client", "cliente", "kunden", "kunde", "user", "member", "buyer"),
    *("shopper", "subscriber", "visitor", "household", "consumer", "person", "guest"),
    *(
        "klant",
        "klient",
        "müşteri",
        "клиент",
        "客户",
        "顾客",
        "会员",
        "用户",
        "顧客",
        "会員",
        "고객",
    ),
)
# A customer's record may name one beside its own id.
_WHOSE = ("contact", "account")
_NUMBER = (
    *("id", "no", "nr", "num", "number", "nummer", "code", "key", "ref", "uuid", "guid"),
    *("编号", "号", "番号", "번호"),
)
_TIME = (
    *("at", "on", "date", "time", "timestamp", "datetime", "day", "datum", "fecha", "utc"),
    *(
        "zeit",
        "data",
        "дата",
        "tarih",
        "tarihi",
        "日期",
        "时间",
        "日",
        "日時",
        "일자",
        "일",
        "일시",
    ),
)
# What stands before the time that is asked for, the likeliest first.
_SALE = (
    *("ordered", "order", "purchased", "purchase", "invoice", "transaction", "sale", "sales"),
    *("sold", "bought", "basket", "booking", "receipt", "paid", "payment", "created", "creation"),
    *("inv", "bestell", "auftrags", "kauf", "rechnungs", "commande", "pedido", "compra", "ordine"),
    *("sipariş", "заказа", "下单", "订单", "支付", "注文", "購入", "주문", "결제"),
)
_EVENT = ("occurred", "event", "visit", "session", "hit", "click", "page", "created", "action")
_SAID = ("submitted", "review", "response", "answer", "survey", "feedback", "rating", "created")
_PRICE = (
    *("unitprice", "priceperunit", "priceeach", "itemprice", "itemcost", "lineitemprice", "price"),
    *("unitcost", "saleprice", "sellingprice", "netprice", "grossprice", "preis", "precio", "prix"),
    *("amount", "linetotal", "itemtotal", "salesvalue", "salesamount", "sales", "revenue", "value"),
    *("einzelpreis", "stückpreis", "preciounitario", "prixunitaire", "prezzounitario"),
    *(
        "prezzo",
        "preço",
        "prijs",
        "cena",
        "fiyat",
        "цена",
        "单价",
        "価格",
        "単価",
        "价格",
        "단가",
        "가격",
    ),
    *("total", "grosssales", "netsales", "betrag", "umsatz", "importe", "montant", "net", "netto"),
    *("金额", "金額", "금액", "сумма"),
)
_MAIL = ("email", "emailaddress", "mail", "customeremail", "useremail", "contactemail")
_ACTION = ("event", "eventname", "action", "activity", "type", "name", "interaction", "behavior")
_WISH = ("needs", "interest", "intent", "wants", "segment", "label", "class", "target")
# What tells that a column is of another kind than the one that is asked for.
_OF_TIME = frozenset(_TIME) - {"at", "on"}
_OF_MONEY = frozenset(("price", "amount", "total", "cost", "tax", "discount", "revenue"))


def guess_column(canonical: str, entity: str, names: list[str]) -> str | None:
    """Guess which column of a file is meant to be a canonical one.

    Parameters
    ----------
    canonical, entity : str
        The canonical column, one that an entity cannot do without, and the entity.
    names : list of str
        Columns of the file, in lower case with underscores.

    Returns
    -------
    str or None
        What belongs behind the column's name in a mapping; None where no name tells.
    """
    words = {name: _words(name) for name in names}
    match canonical:
        case "customer_id":
            return _guess_customer(entity, words)
        case "ordered_at":
            return _guess_time(_SALE, words)
        case "occurred_at":
            return _guess_time(_EVENT, words)
        case "submitted_at":
            return _guess_time(_SAID, words)
        case "unit_price":
            return _first_called(_PRICE, words)
        case "event_type":
            return _first_called(_ACTION, words)
        case "need":
            return _first_called(_WISH, words) or _alike(canonical, words)
    return _alike(canonical, words)


def _words(name: str) -> list[str]:
    """Part a name into its words; customerid and custno are two, too."""
    words = re.findall(r"[^\W\d_]+|\d+", name.lower())
    parted: list[str] = []
    for word in words:
        who = next(
            (each for each in _WHO if word[: len(each)] == each and word[len(each) :] in _NUMBER),
            None,
        )
        parted += [who, word.removeprefix(who)] if who else [word]
    return parted


def _guess_customer(entity: str, words: dict[str, list[str]]) -> str | None:
    named = _numbered(_WHO, words)
    if named is None and entity == "customers":
        # the id of a customer's record is the customer's
        named = _first_called(("id", "recordid", "uid", "uuid", "number", "no", "nr"), words)
    named = named or _numbered(_WHOSE, words) or _first_called(_WHO, words)
    if named is not None:
        return named
    mail = _first_called(_MAIL, words)
    # an address is no id, its keyed hash is
    return f'{{expression: "keyed_hash({mail})"}}' if mail else None


def _numbered(known: tuple[str, ...], words: dict[str, list[str]]) -> str | None:
    """Find the number of somebody: customer_id, customer_unique_id, client no."""
    for who in known:
        for name, parts in words.items():
            if parts[-1] in _NUMBER and who in parts[:-1] and len(parts) <= 3:
                return name
    return None


def _guess_time(before: tuple[str, ...], words: dict[str, list[str]]) -> str | None:
    for start in before:
        for name, parts in words.items():
            if start in parts and set(parts) & set(_TIME):
                return name
    for name, parts in words.items():
        if set(parts) <= set(_TIME):
            return name
    # in one word: orderdate, createdat
    for start in before:
        for name, parts in words.items():
            if len(parts) == 1 and parts[0] in [start + each for each in _TIME]:
                return name
    return None


def _first_called(known: tuple[str, ...], words: dict[str, list[str]]) -> str | None:
    by_key = {"".join(parts): name for name, parts in words.items()}
    return next((by_key[each] for each in known if each in by_key), None)


def _alike(canonical: str, words: dict[str, list[str]]) -> str | None:
    """Find the name that is written nearly so, and is of no other kind."""
    others = [name for name, parts in words.items() if not set(parts) & (_OF_TIME | _OF_MONEY)]
    found = difflib.get_close_matches(canonical, others, n=1, cutoff=0.7)
    return found[0] if found else None
