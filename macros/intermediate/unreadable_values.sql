{# Problems with single values of a record: those that could not be read as their column's type, as unreadable_<column>.
   (Where the column is one that the record cannot do without, the record is rejected as well.) #}
{% macro unreadable_values() -%}
    case
        when unreadable_columns is not null
            then 'unreadable_' || replace(unreadable_columns, ',', ',unreadable_')
    end
{%- endmacro %}
