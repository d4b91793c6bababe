{# The line of an error message that says what is wrong, in parentheses: the last one that names an error. #}
{% macro error_in_short(message) %}
    {% set lines = [] %}
    {% for line in (message or '').splitlines() if 'Error: ' in line %}
        {% do lines.append(line.split('Error: ', 1)[1] | trim) %}
    {% endfor %}
    {{ return(' (' ~ lines[-1] ~ ')' if lines else '') }}
{% endmacro %}
