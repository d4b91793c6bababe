{# Whether a text holds one of the forms, or a number or code that its own check digits confirm: a card number (Luhn),
   an IBAN (ISO 7064), an e-mail address in Base64. kind: as has_identifier_form has it. Most texts have neither the
   signs nor the digits, or are a plain number behind some letters, and are not looked at closely. #}
{% macro holds_identifier(text, forms, kind) -%}
    {{ return(adapter.dispatch('holds_identifier', 'customer_personas')(text, forms, kind)) }}
{%- endmacro %}

{% macro duckdb__holds_identifier(text, forms, kind) -%}
    {%- set base64 = '\\b(?:[I-Za-f][A-Za-z0-9+/_-]{3}){3,}[A-Za-z0-9+/_-]{0,3}' -%}
    {%- set street = '(?i:str(?:aße|asse|aat|eet|[.])|road|avenue|boulevard|crescent|terrace|gasse|allee|allée|platz|ufer'
        ~ '|damm|laan|gracht|plein|kade|dijk|gatan|vägen|gade|veien|chemin|impasse|calle|avenida|avda|piazza|plaza|ulic|ulitsa'
        ~ '|[路街道巷弄县県市区]|улиц|ул[.]|просп|пер[.]|переулок|наб|бульвар|вул'
        ~ '|p(?:[.]?|ost) ?o(?:[.]?|ffice) box|postfach|apartado|postale|(?:weg|vej) [0-9]'
        ~ '|\\b(?:st|rd|ave|blvd|lane|drive|dr|court|ct|ln|way|place|pl|close|square|sq|bd|rue|quai|rua|via|viale|corso|ul)\\b)' -%}
    {%- set five_digits = '\\pN.*\\pN.*\\pN.*\\pN.*\\pN' -%}
    {%- set signs = [
        '[@＠﹫ⓐ☎✆📞📱]', '\\\\(?:u00|x)40', '=40', ' arroba ', '艾特', '小老鼠', '<<', '%(?:25)?40',
        '&(?:#|comm|per|nb)', '[(\\[{<] ?[aAäÄ][tT]? ?[)\\]}>]', '-[aA][tT]-.*[.]',
        '[ _-][aA][tT][ _-].*[ _-][dD][oO][tT][ _-]', '[.](?:com|me)/', base64,
        {
            'text': '\\pN| at .*[.]',
            'id': five_digits ~ '|\\pN.* |[ ,].*\\pN|[路街道巷弄县県市区].*\\pN',
            'product': five_digits,
            'product_name': five_digits ~ '|' ~ street ~ '.*\\pN|\\pN.*' ~ street,
        }[kind],
    ] -%}
    {%- set code = '[A-Za-z]{0,3}[-_]?[0-9]{1,12}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}' -%}
    {%- set card = '\\b(?:4[0-9]{3}|5[1-5][0-9]{2}|2[2-7][0-9]{2}|6011|65[0-9]{2})[ .-][0-9]{4}[ .-][0-9]{4}[ .-][0-9]{4}\\b'
        ~ '|\\b3[47][0-9]{2}[ .-][0-9]{6}[ .-][0-9]{5}\\b' -%}
    {%- set iban = '\\b[a-z]{2}[0-9]{2}[ .-]?[a-z0-9]{4}(?:[ .-]?[0-9][0-9a-z]{3}){2,6}(?:[ .-]?[0-9][0-9a-z]{0,2})?\\b'
        ~ '|\\b[a-z]{2}[0-9]{2}[a-z0-9]{11,30}\\b' -%}
    coalesce(
        case
            -- first: for each two thousand rows with one that is looked at closely, all patterns are compiled anew
            when {{ text }} is null then false
            {%- if kind != 'text' %}
            when regexp_full_match({{ text }}, '{{ code }}') then false
            {%- endif %}
            when not regexp_matches({{ text }}, '{{ signs | join('|') }}') then false
            else
                -- a list of one, so that the text is put into plain letters once
                list_bool_or(list_transform([{{ in_plain_letters(text) }}], lambda plain:
                    {%- for form in forms %}
                    regexp_matches(plain, '{{ form }}') or
                    {%- endfor %}
                    {{ any_match('plain', card, has_luhn_digit('found')) }}
                    or {{ any_match('plain', iban, has_iban_digits('found')) }}
                    {%- if kind == 'text' %}
                    or {{ any_match('plain', '\\b[xyz]?[0-9]{7,8}[- ]?[a-z]\\b', has_dni_letter('found')) }}
                    {%- endif %}
                ))
                or {{ any_match(text, base64, is_address_in_base64('found')) }}
        end,
        false
    )
{%- endmacro %}

{# Whether any match of a pattern in a text, called `found`, passes a check. #}
{% macro any_match(text, pattern, check) -%}
    coalesce(list_bool_or(list_transform(
        regexp_extract_all({{ text }}, '{{ pattern }}'), lambda found: {{ check }}
    )), false)
{%- endmacro %}

{# The check digit of card numbers: from the last to the first every other digit counts twice. #}
{% macro has_luhn_digit(number) -%}
    {%- set digits = "reverse(regexp_replace(" ~ number ~ ", '[^0-9]', '', 'g'))" -%}
    list_sum(list_transform(
        range(1, length({{ digits }}) + 1),
        lambda place: (1 + (place + 1) % 2) * cast(substr({{ digits }}, place, 1) as integer)
        - case when place % 2 = 0 and substr({{ digits }}, place, 1) >= '5' then 9 else 0 end
    )) % 10 = 0
{%- endmacro %}

{# The check digits of an IBAN: as a number, letters from 10 to 35, it leaves 1 when divided by 97. In two parts, since
   it is longer than any number of the engine. #}
{% macro has_iban_digits(code) -%}
    {%- set turned = "substr(translate(" ~ code ~ ", ' .-', ''), 5) || left(" ~ code ~ ", 4)" -%}
    list_bool_or(list_transform(
        [array_to_string(list_transform(
            string_split({{ turned }}, ''),
            lambda letter: strpos('0123456789abcdefghijklmnopqrstuvwxyz', letter) - 1
        ), '')],
        lambda digits: cast(
            cast(cast(left(digits, 34) as hugeint) % 97 as varchar) || substr(digits, 35) as hugeint
        ) % 97 = 1
    ))
{%- endmacro %}

{# The letter of a Spanish DNI or NIE. #}
{% macro has_dni_letter(code) -%}
    right({{ code }}, 1) = substr(
        'trwagmyfpdxbnjzsqvhlcke',
        1 + cast(translate(left({{ code }}, length({{ code }}) - 1), 'xyz- ', '012') as integer) % 23,
        1
    )
{%- endmacro %}

{% macro is_address_in_base64(code) -%}
    coalesce(regexp_matches(
        try(decode(from_base64(
            translate({{ code }}, '-_', '+/') || repeat('=', cast((4 - length({{ code }}) % 4) % 4 as integer))
        ))),
        '{{ '[\\pL\\pN._+-]+@[\\pL\\pN.-]+[.][\\pL]{2,}' }}'
    ), false)
{%- endmacro %}
