{# A text as somebody would type it: lower case, without what disguises an address (full-width letters, digits of
   other scripts, invisible characters, %40, &#64;, "(at)"), and without dates and times of day, which are written like numbers. #}
{% macro in_plain_letters(text) -%}
    {{ return(adapter.dispatch('in_plain_letters', 'customer_personas')(text)) }}
{%- endmacro %}

{% macro duckdb__in_plain_letters(text) -%}
    {%- set other = '！＂＃％＆（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠＿﹫ⓐ٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९⁰¹²³⁴⁵⁶⁷⁸⁹⁺₀₁₂₃₄₅₆₇₈₉‐‑‒–—−｡。' -%}
    {%- set plain = '!"#%&()*+,-./0123456789:;<=>?@_@@0123456789012345678901234567890123456789+0123456789------..' -%}
    {#- what has no counterpart is taken out: zero-width characters and soft hyphens -#}
    {%- set invisible = "chr(8203) || chr(8204) || chr(8205) || chr(8288) || chr(65279) || chr(173) || chr(65039) || chr(8419)
            || chr(8206) || chr(8207) || chr(8234) || chr(8237) || chr(8238)" -%}
    {%- set replaced = "translate(lower(" ~ text ~ "), '" ~ other ~ "' || " ~ invisible ~ ", '" ~ plain ~ "')" -%}
    {%- set patterns = [
        ('[\\s\\x{a0}\\x{2000}-\\x{200a}\\x{202f}\\x{3000}]+', ' '),
        ('%(?:25)?40|&#0*64;|&#x0*40;|&commat;|\\\\u0040|\\\\x40|=40\\b|=40(?:[a-z])', '@'),
        ('%(?:25)?2b', '+'),
        ('%(?:25)?2e|&#0*46;|&period;', '.'),
        ('%(?:25)?(?:20|0a)|&nbsp;|&#160;', ' '),
        (' ?[(\\[{<] ?(?:at|ät|a|arroba|@) ?[)\\]}>] ?', '@'),
        (' ?[(\\[{<] ?(?:dot|punkt|punto|ponto|point|[.]) ?[)\\]}>] ?', '.'),
        ('\\b(?:19|20)[0-9]{2}([-./])(?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12][0-9]|3[01])(?:[t ][0-9:.]+z?)?\\b', ' '),
        ('\\b(?:0?[1-9]|[12][0-9]|3[01])([-./])(?:0?[1-9]|[12][0-9]|3[01])[-./](?:19|20)[0-9]{2}\\b', ' '),
        ('\\b[0-2]?[0-9][.:][0-5][0-9](?: ?h| uhr)? ?- ?[0-2]?[0-9][.:][0-5][0-9]\\b', ' '),
    ] -%}
    {%- set ns = namespace(sql=replaced) -%}
    {%- for pattern, replacement in patterns -%}
        {%- set ns.sql = "regexp_replace(" ~ ns.sql ~ ", '" ~ pattern ~ "', '" ~ replacement ~ "', 'g')" -%}
    {%- endfor -%}
    {{ ns.sql }}
{%- endmacro %}
