"""Which spellings of an id are one customer's, whatever format a file's column was decided to have.

Who was erased as 17850 must not come back as 17850.0 because another record made the column text.
"""

from customer_personas.intake.expressions import KEYED_HASH_SQL

# Full-width letters, digits and signs, and the plain ones that they stand for.
WIDE = "".join(map(chr, range(0xFF01, 0xFF5F)))
PLAIN = "".join(map(chr, range(0x21, 0x7F))).replace("'", "''")
# 17850.0 or 17850,0, also behind the name of its source system
DECIMALS = "^((?:[^:]+:)?[0-9]+)(?:[.]0+|,0)$"
# What stands between the source system and an id that is no customer's, but a visitor's.
VISITOR = "visitor_id:"


def one_spelling(text: str) -> str:
    """Write the SQL of an id in the one spelling that its others have in common.

    Parameters
    ----------
    text : str
        SQL of the id without blanks around it, also with its source system and a colon before it.

    Returns
    -------
    str
        The id in composed letters (NFC), plain instead of full-width ones, and without the decimals
        of a whole number. As ``macros/engine/one_spelling.sql``.
    """
    # most ids have no such letter and no decimals, and what looks for them takes long
    plain = (
        f"case when strlen({text}) = length({text}) then {text} "
        f"else translate(nfc_normalize({text}), '{WIDE}', '{PLAIN}') end"
    )
    return (
        f"case when {text} like '%.%0' or {text} like '%,0' or strlen({text}) > length({text}) "
        f"then regexp_replace({plain}, '{DECIMALS}', '\\1') else {text} end"
    )


def is_erased(person: str, key: str, erased: str) -> str:
    """Write the SQL condition that a person was erased: kept as spelt, or in the one spelling.

    Parameters
    ----------
    person : str
        SQL of source system and id, as one text.
    key : str
        Name of the session variables of the key.
    erased : str
        A query with the hashes of erased customers.

    Returns
    -------
    str
        The condition. Releases before kept the id as it was spelt then.
    """
    as_spelt = KEYED_HASH_SQL.format(key=key, text=person)
    in_one = KEYED_HASH_SQL.format(key=key, text=one_spelling(person))
    return (
        f"({as_spelt} in ({erased}) or case when {one_spelling(person)} <> {person} "
        f"then {in_one} in ({erased}) else false end)"
    )
