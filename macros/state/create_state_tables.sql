{# At the start of a run: the tables of the state database, where they are not there yet. A state database of another
   layout stops the run, before anything is lost. #}
{% macro create_state_tables() %}
    {% if execute %}
        {% set tables = state_tables() %}
        {% set found = {} %}
        {% for row in run_query(
            "select table_schema || '.' || table_name, column_name from information_schema.columns"
            ~ " where table_catalog = 'state'"
        ) %}
            {% do found.setdefault(row[0], []).append(row[1]) %}
        {% endfor %}
        {% for name in found %}
            {% set expected = tables.get(name.split('.')[1], {}) if name.startswith('history.') else {} %}
            {% if (found[name] | sort) != (expected | list | sort) %}
                {% do exceptions.raise_compiler_error(
                    'The state database (PERSONA_STATE, ' ~ env_var('PERSONA_STATE', 'state/customer_personas.duckdb')
                    ~ ') has a table ' ~ name ~ ' of another version of this project, which this one cannot carry on.'
                    ~ ' Build with the version that wrote it, or move the file away: personas then get new ids.'
                ) %}
            {% endif %}
        {% endfor %}
        {% do run_query('create schema if not exists state.history') %}
        {% for name, columns in tables.items() if 'history.' ~ name not in found %}
            {% set listed = [] %}
            {% for column, type in columns.items() %}{% do listed.append(column ~ ' ' ~ type) %}{% endfor %}
            {% do run_query('create table state.history.' ~ name ~ ' (' ~ listed | join(', ') ~ ')') %}
        {% endfor %}
    {% endif %}
{% endmacro %}
