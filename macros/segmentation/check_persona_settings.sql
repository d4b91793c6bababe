{# Stops at once where the vars that decide on personas have values that cannot be met. #}
{% macro check_persona_settings() %}
    {% if var('refit') not in ('auto', 'always', 'never') %}
        {% do exceptions.raise_compiler_error(
            "The var refit is '" ~ var('refit') ~ "', but can only be one of: auto, always, never."
        ) %}
    {% endif %}
    {% if not 2 <= var('personas_min') | int <= var('personas_max') | int %}
        {% do exceptions.raise_compiler_error(
            'The vars personas_min and personas_max are ' ~ var('personas_min') ~ ' and ' ~ var('personas_max')
            ~ '; the first has to be 2 at least, and not above the second.'
        ) %}
    {% endif %}
{% endmacro %}
