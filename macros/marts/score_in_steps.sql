{# A figure of a ranking or of probabilities, so that no single customer follows from it: to one or two decimals, by
   how much one who changes places with another moves it (10 over all customers for a log loss, 2 for a Brier score),
   and nearly perfect told as nearly perfect. Null for a log loss of fewer than 20 times minimum_cell, and for what
   is not known (least and greatest would give their bound). #}
{% macro score_in_steps(metric, value, customers) -%}
    {%- set cell = var('minimum_cell') -%}
    case
        when {{ value }} is null then null
        when {{ metric }} in ('roc_auc', 'average_precision') and {{ customers }} >= {{ 40 * cell }}
            then least(greatest(round({{ value }}, 2), 0.01e0), 0.99e0)
        when {{ metric }} in ('roc_auc', 'average_precision')
            then least(greatest(round(20 * {{ value }}) / 20e0, 0.05e0), 0.95e0)
        when {{ metric }} = 'log_loss' and {{ customers }} >= {{ 200 * cell }}
            then greatest(round({{ value }}, 2), 0.02e0)
        when {{ metric }} = 'log_loss' and {{ customers }} >= {{ 20 * cell }} then greatest(round({{ value }}, 1), 0.1e0)
        when {{ metric }} = 'log_loss' then null
        when {{ metric }} = 'brier' and {{ customers }} >= {{ 40 * cell }} then greatest(round({{ value }}, 2), 0.01e0)
        when {{ metric }} = 'brier' then greatest(round({{ value }}, 1), 0.1e0)
        else {{ value }}
    end
{%- endmacro %}
