{# What an audience's meta says, checked: label, owner, channel, purpose, and, where given, valid_until and
   holdout_share. #}
{% macro audience_settings(name, meta) %}
    {% set wrong = [] %}
    {% for setting in ['label', 'owner', 'channel', 'purpose'] if not meta.get(setting) %}
        {% do wrong.append(setting ~ ' is missing') %}
    {% endfor %}
    {% for setting in meta if setting not in ['label', 'owner', 'channel', 'purpose', 'valid_until', 'holdout_share'] %}
        {% do wrong.append(setting ~ ' is no setting of an audience') %}
    {% endfor %}
    {% set valid_until = meta.get('valid_until') %}
    {% if valid_until and not modules.re.fullmatch('\d{4}-\d{2}-\d{2}', valid_until | string) %}
        {% do wrong.append('valid_until is ' ~ valid_until ~ '; give it as YYYY-MM-DD') %}
    {% endif %}
    {% set share = meta.get('holdout_share', 0) %}
    {% if share is not number or share < 0 or share >= 1 %}
        {% do wrong.append('holdout_share is ' ~ share ~ '; give a number from 0 to below 1') %}
    {% endif %}
    {# while dbt parses, a draft's meta is not known yet #}
    {% if wrong and execute %}
        {% do exceptions.raise_compiler_error(
            "The audience " ~ name ~ ": " ~ wrong | join('; ') ~ ". Mend it in models/audiences/" ~ name ~ ".sql: "
            ~ "config(meta={'label': 'Winter sale', 'owner': 'marketing', 'channel': 'email', 'purpose': 'marketing'})."
        ) %}
    {% endif %}
    {{ return({
        'label': meta.label | string, 'owner': meta.owner | string, 'channel': meta.channel | lower,
        'purpose': meta.purpose | lower, 'valid_until': valid_until, 'holdout_share': share,
    }) }}
{% endmacro %}
