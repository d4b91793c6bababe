{# An id in the one spelling that its others have in common: composed letters (NFC), plain instead of full-width ones, no
   decimals of a whole number (17850.0 or 17850,0). Whoever was erased is known by it, however a file's format was decided.
   As customer_personas.intake.spellings has it; most ids are looked at for no more than a moment. #}
{% macro one_spelling(text) -%}
    {{ return(adapter.dispatch('one_spelling', 'customer_personas')(text)) }}
{%- endmacro %}

{% macro duckdb__one_spelling(text) -%}
    {%- set plain -%}
        case
            when strlen({{ text }}) = length({{ text }}) then {{ text }}
            else translate(
                nfc_normalize({{ text }}),
                '！＂＃＄％＆＇（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［＼］＾＿｀ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｛｜｝～',
                '!"#$%&''()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefghijklmnopqrstuvwxyz{|}~'
            )
        end
    {%- endset -%}
    case
        when {{ text }} like '%.%0' or {{ text }} like '%,0' or strlen({{ text }}) > length({{ text }})
            then regexp_replace({{ plain }}, '^((?:[^:]+:)?[0-9]+)(?:[.]0+|,0)$', '\1')
        else {{ text }}
    end
{%- endmacro %}
