{# Pre-hook of models kept in the state database: what is learnt from a part of the records must not outlive the run.
   Emits no SQL. #}
{% macro refuse_partial_reading() %}
    {% if execute and (flags.EMPTY or flags.SAMPLE) %}
        {% do exceptions.raise_compiler_error(
            'With --empty or --sample not all records are read; ' ~ this.name
            ~ ' is kept in the state database and stays as it was. Leave it out with --exclude ' ~ this.name ~ '+.'
        ) %}
    {% endif %}
{% endmacro %}
