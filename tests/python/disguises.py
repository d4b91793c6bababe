"""Identifiers of many forms, each of them once in the world, to be planted and looked for."""

# ruff: noqa: RUF001

import base64
import re
import unicodedata
from collections.abc import Callable, Iterable


def _mail(n: int) -> str:
    return f"dq{n:04}@hidden{n:04}.example"


def _iban(country: str, account: str) -> str:
    digits = "".join(str(int(sign, 36)) for sign in account + country + "00")
    return f"{country}{98 - int(digits) % 97:02}{account}"


def _card(n: int) -> str:
    body = f"41117777{n:07}"
    doubled = [int(d) * (2 if place % 2 == 0 else 1) for place, d in enumerate(body)]
    check = -sum(d - 9 if d > 9 else d for d in doubled) % 10
    return " ".join(re.findall(r"....", f"{body}{check}"))


def _in_fours(text: str) -> str:
    return " ".join(re.findall(r".{1,4}", text))


# By form, the nth identifier of it; n has four digits.
FORMS: dict[str, Callable[[int], str]] = {
    "mail": _mail,
    "mail in capitals": lambda n: _mail(n).upper(),
    "mailto": lambda n: f"mailto:{_mail(n)}",
    "mail in a sentence": lambda n: f"please ask <{_mail(n)}>, thanks",
    "full-width at": lambda n: _mail(n).replace("@", "＠"),
    "full-width letters": lambda n: "".join(
        chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in _mail(n)
    ),
    "percent 40": lambda n: _mail(n).replace("@", "%40"),
    "(at)": lambda n: _mail(n).replace("@", "(at)"),
    "[at] [dot]": lambda n: _mail(n).replace("@", " [at] ").replace(".", " [dot] "),
    "at dot": lambda n: _mail(n).replace("@", " at ").replace(".", " dot "),
    "entity": lambda n: _mail(n).replace("@", "&#64;"),
    "zero width": lambda n: _mail(n).replace("hidden", "hid\u200bden"),
    "Base64": lambda n: base64.b64encode(_mail(n).encode()).decode(),
    "Base64 of URLs": lambda n: base64.urlsafe_b64encode(_mail(n).encode()).decode().rstrip("="),
    "URL with a mail": lambda n: f"https://shop.example/me?mail={_mail(n).replace('@', '%40')}",
    "account": lambda n: f"https://www.linkedin.com/in/dq{n:04}-lang",
    "plus": lambda n: f"+49 1577 77{n:04}5",
    "plus, dotted": lambda n: f"+33.6.12.77.{n:04}",
    "tel:": lambda n: f"tel:0157777{n:04}",
    "dotted": lambda n: f"06.12.77.{n:04}"[:12] + f".{n % 100:02}",
    "spaced": lambda n: f"06 77 {n // 100:02} {n % 100:02} 13",
    "slash": lambda n: f"0170/777{n:04}",
    "brackets": lambda n: f"(212) 777-{n:04}",
    "dashes": lambda n: f"212-778-{n:04}",
    "other digits": lambda n: f"+49 1577 78{n:04}5".translate(
        {ord(str(digit)): chr(0x660 + digit) for digit in range(10)}
    ),
    "IBAN": lambda n: _in_fours(_iban("DE", f"37040044077{n:04}000")),
    "IBAN in one": lambda n: _iban("GB", f"NWBK60161377{n:04}00"[:18]),
    "card": _card,
    "social security": lambda n: f"512-77-{n:04}",
    "CPF": lambda n: f"123.77{n % 10}.{n // 10:03}-09",
    "codice fiscale": lambda n: f"RSSMRA85T10A{n % 1000:03}S",
    "passport": lambda n: f"Passport C77X{n:04}",
    "machine-readable": lambda n: f"P<UTO{chr(65 + n % 26)}{chr(65 + n // 26 % 26)}HIDDEN<<ANNA",
    "house in front": lambda n: f"{n} Hidden Oak Street, Springfield",
    "house behind": lambda n: f"Verborgenstraße {n}",
    "rue": lambda n: f"{n} rue de la Cachette",
    "P.O. box": lambda n: f"P.O. Box 77{n:04}",
}


def planted_in(texts: Iterable[str], identifiers: Iterable[str]) -> set[str]:
    """Return those identifiers that stand in any of the texts, in whatever letters.

    Parameters
    ----------
    texts : iterable of str
        What somebody may read.
    identifiers : iterable of str
        As `FORMS` makes them.

    Returns
    -------
    set of str
        The identifiers as they were planted.
    """
    # between two texts a sign that none has
    plain = "\0".join(map(_plain, texts))
    words = _bare(plain)
    numbers = set(map(_bare, re.findall(r"[0-9+(][0-9 ()./+-]+", plain)))
    return {
        each
        for each in identifiers
        if _plain(each) in plain
        # a number may be part of a longer one by chance
        or (_bare(each) in (numbers if _bare(each).isdigit() else words))
    }


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9\0]", "", _plain(text))


def _plain(text: str) -> str:
    text = "".join(
        str(unicodedata.digit(sign)) if sign.isdigit() else sign
        for sign in unicodedata.normalize("NFKC", text)
    )
    return text.lower()
