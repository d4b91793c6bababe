"""Ids: text, unless a spreadsheet made numbers with decimals of them."""

from customer_personas.intake.columns import key
from customer_personas.intake.errors import IntakeError
from customer_personas.intake.folder import MAPPING_FILE
from customer_personas.intake.formats.values import TOLERATED, Column, Reading
from customer_personas.intake.spellings import PLAIN, WIDE
from customer_personas.sql import literal

_ROUNDED = "[0-9]([.,][0-9]+)?[eE][+][0-9]+"
# Signs that take no room, and spaces that are none of the keyboard's.
_UNSEEN = (
    r"[\x{0}-\x{8}\x{E}-\x{1F}\x{7F}\x{AD}\x{180E}\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}-\x{2064}\x{2066}-\x{2069}"
    r"\x{FE00}-\x{FE0F}\x{FEFF}]"
)
_SPACE = (
    r"[\t\x0B\x0C\x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}]"
)
# Full-width letters and digits, and marks that may be part of a letter: Zoe and a diaeresis.
_OTHER_LETTERS = r"[\x{FF01}-\x{FF5E}]|\pM"
# What spreadsheets put around digits that are to stay text: ="00100", '00100
_WRAPPED = r"""^="(.*)"$|^'([0-9].*)$"""
# 1,234 of a report that shows ids as it shows numbers. A point may be part of a product's code.
_GROUPED = "[1-9][0-9]{{0,2}}([{sign}][0-9]{{3}})+"
_ANY_GROUPED = _GROUPED.format(sign=",.''’ ")
_GROUP_SIGNS = (",", " ", "''’")
# Digits, or letters and digits behind them: of these nothing else can be asked.
PLAIN_ID = "regexp_full_match(value, '[0-9]+|[A-Za-z]+[-_]?[0-9][0-9A-Za-z_-]*')"
# As JSON has it where columns, not records, were written.
_LIST = r'\[.*[,"].*\]|\{.*".*\}'
# What shops write in place of a customer who gave no name, in whatever marks: [guest].
_MARKS = r"[\s\p{P}\p{S}]*"
_GAP = "[ _-]*"
_GUEST = r"""
guest|gast|invitado|invit[eé]|ospite|convidado|гость|游客|ゲスト|게스트|misafir|vend[eé]g|gäst|vieras
gjest|gæst|host|go[sś][cć]|tamu|khách|ضيف|زائر|अतिथि|ผู้เยี่ยมชม|ゲスト購入|비회원( 주문)?
anon|anonym|anonyme?|anonymous|an[oó]nim[oa]|anonymi[sz]ed|аноним|匿名|anonimowy
unknown|unbekannt|desconhecid[oa]|desconocid[oa]|inconnu|sconosciut[oa]|неизвестн[оы]й?|okänd|ukjent
ukendt|tuntematon|nieznan[ya]|bilinmiyor|onbekend|neznám[ýa]|ismeretlen
cash|house account|(cash|pos|otc) (customer|client|sale)|over the counter|(counter|pos|till) sales?
laufkundschaft|barverkauf|passant|kassenkunde|gastbestellung|gastkonto|散客|零售客户|一般(顾客|客户)
client (de passage|comptoir|divers)|comptoir|cliente (mostrador|occasionale|balcão)|mostrador
venta (al )?p[uú]blico|venta (de )?mostrador|p[uú]blico (en )?general|consumidor final
consumatore finale|varios|klient detaliczny|розничный покупатель|физ[.]? ?лицо
""".strip().replace("\n", "|")
_UNNAMED = r"""
undefined|unregistered|unidentified|unassigned|unspecified|unallocated|未登録|非会員
deleted|redacted|erased|removed|purged|masked|(gdpr|dsgvo|rgpd) (deleted|erased|removed)
not set|none|null|void|false|blank|empty|missing|no data|tbd|x{3,}|test|dummy
not (logged in|provided|available|applicable)|logged out|walk in|default|diverse?|other
no (customer|account|login|name|id|e mail|email)|n/c|n[.] ?a[.]?|s/[dn]|k[.] ?a[.]|n[.]v[.]t[.]?
keine angabe|no aplica|(cpf )?n[aã]o informado|sin cliente|cliente (gen[eé]rico|varios|final)
customer|client|klient|kunde|klant|cliente|клиент|покупатель|顾客|顧客|客户|お客様|고객|müşteri
""".strip().replace("\n", "|")
# also undefined undefined, of two names
_WHO = "user|customer|client|checkout|shopper|visitor|account|member|buyer|kunde|cliente"
_WHO += "|undefined|null|none|unknown|test"
_NOBODY = (
    f"{_MARKS}((0+ [-:] )?({_GUEST}|{_UNNAMED})( ({_WHO}))?)?{_MARKS}".replace(" ", _GAP)
    + "|[{(]?(0{8}-?(0{4}-?){3}0{12}|f{8}-?(f{4}-?){3}f{12})[)}]?"
)
# What shops count: guest123, and addresses of nobody. Real ids where most of a column are such.
_NAMELESS = f"{_MARKS}({_GUEST})( ({_WHO}))?".replace(" ", _GAP) + (
    r"[ _#-]*[0-9]*(@\S+)?|no[-_.]?reply@\S+"
    r"|\S+@(\S+[.])?(example([.](com|net|org|edu))?|invalid|test|localhost)"
)
# Lines that are no records: totals, and what reports and query tools write below their rows.
_TOTAL = r"""
(grand|sub|sous|overall|report)?[ -]*(totals?|totaux)( g[eé]n[eé]ral| results?|/averages?)?|totale
toplam|(genel|ara) toplam|razem|łącznie|suma( końcowa)?|celkem|celkový součet|(mind)?összesen|summa
итого|всего|подытог|загалом|разом|усього|(gesamt|zwischen|teil)?(summe|ergebnis)|gesamt|subtotale?
total(t|en)|somme|(eind|sub)?totaal|i alt|yhteensä|ukupno|kopā|iš viso|kokku|σ[υύ]νολο|kumulativ
总计|合计|小计|总和|總計|總和|小計|合計(金額)?|総計|합계|총계|소계|총합계|المجموع|الإجمالي|الاجمالي
tổng( cộng)?|รวม(ทั้งหมด|ทั้งสิ้น)?|कुल( योग)?|jumlah|sum|summary|saldo|eof
""".strip().replace("\n", "|")
_ROWS = r"rows?|row\(s\)|records?|results?|entries|zeilen|lignes|filas"
_NO_RECORD = (
    rf"({_TOTAL})( (eur|usd|gbp|chf|jpy|cny|[0-9]{{4}}))?\s*(\(.*\))?:?"
    rf"|\(?[0-9][0-9,. ]* ({_ROWS})( (affected|selected|returned|in set)( \(.*\))?)?[.)]*"
    rf"|({_ROWS}|total records|count|anzahl|nombre|recuento|conteggio|件数): ?[0-9,.]+"
    r"|(page|seite|p[aá]gina) [0-9]+( ?(of|von|/|de) ?[0-9]+)?"
    r"|\W*end of (report|file|data|document|export)\W*|(итого|всего) по .*"
    r"|(fin|fim|fine|ende|koniec) (del?|do|des|du)? ?"
    r"(reporte|informe|relat[oó]rio|berichts?|rapport)"
    r"|(average|mean|durchschnitt|mittelwert):?"
    r"|(report )?(generated|exported|printed|downloaded) (on|at|by)?:? ?.*[0-9].*"
    r"|(applied filters|generated by|exported by):.*|copyright .*"
    r"|confidential( information)?( - .*)?"
    # the type of a column, in the line below its name
    r"|string|(var)?char(acter)?( varying)?(\([0-9]+\))?|(big)?int(eger)?(64|32)?|uuid|object"
)
# A sentence is a note where nearly all others are single words: * ages are as of January
_NOTE = r"\S\s+\S+\s+\S|\S:\s+\S|^[*†‡]\s*\S|^(?i:(sub|grand )?totals?)\s"
_CODES_BESIDE = 20
# Numbers that stand for nobody where they have many times the records of any customer.
_NO_NUMBER = "-?0+|-1"
_NOBODY_RECORDS, _NOBODY_TIMES = 10, 5


def read_id(column: Column, is_customer: bool = False) -> Reading:
    """Decide how a column writes ids.

    Parameters
    ----------
    column : Column
        The column; its setting ``read_as: text`` keeps every text as it is.
    is_customer : bool
        Whether it says who the customer is: words for nobody (``guest``), totals and the header
        once more count as missing there, and ``0`` where it has many times the records of any
        other.

    Returns
    -------
    Reading
        As text, leading zeros included, without signs that nobody sees and without what
        spreadsheets put around (``="00100"``). ``17850.0`` is ``17850`` where every value is a
        whole number and some have the ``.0``, or nearly all have it, and ``1,234`` is ``1234``
        where they are numbers with or without parted thousands.

    Raises
    ------
    IntakeError
        If a spreadsheet wrote ids as ``1.23457E+12``: their digits are lost. Or if most customers'
        are lists.
    """
    if column.settings.get("read_as") == "text":
        return Reading("text", column.text, "mapping")
    odd = column.odd(PLAIN_ID)
    dirt = f"regexp_matches(value, {literal(f'{_UNSEEN}|{_SPACE}|{_WRAPPED}|{_OTHER_LETTERS}')})"
    is_dirty = odd.counts(dirt=dirt)["dirt"] > 0
    value, text = (_plain(each) if is_dirty else each for each in ("value", column.text))
    seen = odd.counts(
        digits="value >= '0' and value < ':'",
        whole=f"regexp_full_match({value}, '[0-9]+([.]0+|,0)?')",
        decimals=f"regexp_full_match({value}, '[0-9]+([.]0+|,0)')",
        fractions=f"regexp_full_match({value}, '[0-9]+[.,][0-9]*[1-9][0-9]*')",
        rounded=f"regexp_full_match({value}, '{_ROUNDED}')",
        grouped=f"regexp_full_match({value}, '{_ANY_GROUPED}')",
        lists=f"regexp_full_match({value}, '{_LIST}')",
    )
    every = column.counts(all="true", digits="value >= '0' and value < ':'")
    seen["whole"] += every["digits"] - seen["digits"]  # plain ones that begin with a digit
    seen["all"] = every["all"]
    if is_customer and 2 * seen["lists"] > seen["all"]:
        raise IntakeError(
            f"{column.source_file}, column {column.name}: a list stands where the id of one "
            f"customer belongs, as in {column.samples()[:200]}. Deliver one object for each "
            f"record, or say in {MAPPING_FILE} under settings which list holds them: explode."
        )
    if seen["rounded"]:
        lost = column.samples(f"regexp_full_match({value}, '{_ROUNDED}')")
        raise IntakeError(
            f"{column.source_file}, column {column.name}: a spreadsheet rounded ids, as in {lost}, "
            "so that different ones look the same. Export them again as text. If they are meant "
            f"so, say it in {MAPPING_FILE} for this column: {{column: ..., read_as: text}}."
        )
    shape = "text, unseen signs taken out" if is_dirty else "text"
    is_whole = seen["whole"] == seen["all"] or seen["decimals"] >= (1 - TOLERATED) * seen["all"]
    if seen["decimals"] and is_whole and not seen["fractions"]:
        shape = "17850.0"
        value, text = (
            f"regexp_replace({each}, '^([0-9]+)(?:[.]0+|,0)$', '\\1')" for each in (value, text)
        )
    elif seen["grouped"] and (sign := _group_sign(column, value, is_customer)):
        shape = {",": "1,234", ".": "1.234", " ": "1 234"}.get(sign, "1'234")
        grouped = _GROUPED.format(sign=sign)
        value, text = (
            f"case when regexp_full_match({each}, '{grouped}') "
            f"then regexp_replace({each}, '[{sign}]', '', 'g') else {each} end"
            for each in (value, text)
        )
    nobody, nameless = _find_nobody(column, value) if is_customer else ([], None)
    unless = [f"{text} in ({', '.join(map(literal, nobody))})"] if nobody else []
    if nameless:
        # as many as there were guests: no list of them
        unless.append(f"regexp_full_match(lower({text}), {literal(_NAMELESS)})")
        nobody = [*sorted(nobody)[:2], nameless]
    if unless:
        text = f"case when not ({' or '.join(unless)}) then {text} end"
        shape += f", nobody where {' or '.join(sorted(nobody)[:3])}"
    return Reading(shape, text)


def _group_sign(column: Column, value: str, is_customer: bool) -> str | None:
    """Tell by which sign the ids of a column have their thousands parted, if they are numbers."""
    signs = [*_GROUP_SIGNS, *(["."] if is_customer else [])]
    questions = {}
    for number, sign in enumerate(signs):
        grouped = _GROUPED.format(sign=sign)
        questions[f"grouped_{number}"] = f"regexp_full_match({value}, '{grouped}')"
        questions[f"either_{number}"] = f"regexp_full_match({value}, '{grouped}|[0-9]+')"
    # words for nobody, and for totals, are no ids
    seen = column.counts(all=f"regexp_matches({value}, '[0-9]')", **questions)
    return next(
        (
            sign
            for number, sign in enumerate(signs)
            if seen[f"grouped_{number}"]
            and seen[f"either_{number}"] >= (1 - TOLERATED) * seen["all"]
        ),
        None,
    )


def _plain(text: str) -> str:
    """Write the SQL of an id without what nobody sees or means."""
    seen = f"regexp_replace({text}, '{_UNSEEN}', '', 'g')"
    spaced = f"trim(regexp_replace({seen}, '{_SPACE}', ' ', 'g'))"
    letters = f"translate(nfc_normalize({spaced}), '{WIDE}', '{PLAIN}')"
    return f"nullif(trim(regexp_replace({letters}, {literal(_WRAPPED)}, '\\1\\2')), '')"


def _find_nobody(column: Column, value: str) -> tuple[list[str], str | None]:
    """Find the ids of a column that stand for no customer, and one of those that guests have."""
    own_name = key(column.name)
    found = column.session.execute(
        f"""
        with counted as (
            select
                {value} as id, sum(n) as records,
                -- most ids: no word, and looking for words takes long
                case when not regexp_full_match(id, '0*[1-9][0-9]*') then lower(id) end as text
            from {column.values} where id is not null group by id
        ),
        ids as (
            select
                id, records,
                coalesce(regexp_full_match(text, {literal(_NAMELESS)}), false) as is_nameless,
                coalesce(
                    regexp_full_match(text, {literal(f"{_NOBODY}|{_NO_RECORD}")})
                    or regexp_replace(text, '[\\W_]+', '', 'g') = {literal(own_name)},
                    false
                ) as is_word,
                regexp_full_match(id, '{_NO_NUMBER}') as is_number,
                text is not null and regexp_matches(id, {literal(_NOTE)}) as is_note,
                not regexp_matches(id, '\\s') as is_code
            from counted
        )
        select
            -- a shop may call all its customers so
            id, is_nameless and not is_word and (
                select 2 * count(*) filter (is_nameless) <= count(*) from ids where not is_word
            ) as is_guest
        from ids
        where is_guest or is_word or (
            is_note and (
                select count(*) filter (is_code) >= {_CODES_BESIDE}
                and count(*) filter (not is_code) <= {TOLERATED} * count(*)
                from ids
            )
        ) or (
            is_number and records >= {_NOBODY_RECORDS} and records >= {_NOBODY_TIMES}
            * (select coalesce(max(records), 0) from ids where not (is_word or is_number))
        )
        """
    ).fetchall()
    guests = [each for each, is_guest in found if is_guest]
    return [each for each, is_guest in found if not is_guest], min(guests, default=None)
