{# Stops where a var has a value that cannot be meant, and says which values can. dbt reads models before it connects, and
   they compute with vars: without this a build ends in "integer division or modulo by zero" somewhere.
   What needs the records to be judged (as_of_date, names of features) is judged where these are. #}
{% macro check_vars() %}
    {# whole numbers, by the least that there may be #}
    {% set whole_numbers = {
        'horizon_days': 1, 'observation_step_days': 1, 'observation_dates_max': 1, 'minimum_history_days': 0,
        'fit_sample_rows': 1, 'judged_customers': 1, 'fit_sample_customers': 1, 'outcome_customers': 0, 'random_seed': 0,
        'refit_after_days': 0, 'drift_recheck_days': 0, 'personas_min': 2, 'personas_max': var('personas_min'),
        'top_categories': 1, 'minimum_cell': 1, 'quarantine_retention_days': 0, 'campaign_days': 1,
        'quiet_days_after_complaint': 0, 'contacts_per_week': 1, 'published_versions_kept': 1,
        'max_unpacked_bytes': 1, 'max_columns': 1, 'max_line_bytes': 1, 'clock_tolerance_hours': 0,
    } %}
    {# other numbers, by the least and the most; none: no bound #}
    {% set numbers = {
        'fit_budget_seconds': (1, none), 'challenger_margin': (0, none), 'drift_psi': (0, none), 'drift_missing': (0, 1),
        'drift_persona_share': (0, 1), 'outcome_gap': (0, 1), 'outlier_quantity': (0, none),
        'maximum_quarantined_share': (0, 1), 'worthwhile_lift': (0, none), 'holdout_share': (0, 1),
    } %}
    {% for name, least in whole_numbers.items() %}
        {% if not var(name) is integer or var(name) < least %}
            {% do refuse_var(name, 'a whole number from ' ~ least ~ ' on') %}
        {% endif %}
    {% endfor %}
    {% for name, (least, most) in numbers.items() %}
        {% if not var(name) is number or var(name) is boolean or var(name) < least
            or (most is not none and var(name) > most) %}
            {% do refuse_var(name, 'a number from ' ~ least ~ (' on' if most is none else ' to ' ~ most)) %}
        {% endif %}
    {% endfor %}
    {% set date_form = '(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])' %}
    {% if not modules.re.fullmatch(date_form, var('earliest_plausible_date') | string) %}
        {% do refuse_var('earliest_plausible_date', 'a date as YYYY-MM-DD, from 1900-01-01 on') %}
    {% endif %}
    {% if var('as_of_date') is not none and not modules.re.fullmatch(date_form, var('as_of_date') | string) %}
        {% do refuse_var('as_of_date', 'a date as YYYY-MM-DD, or null for the day after the last record') %}
    {% endif %}
    {% if var('refit') not in ['auto', 'always', 'never'] %}
        {% do refuse_var('refit', 'one of auto, always, never') %}
    {% endif %}
    {% if var('replace_published') is not boolean %}
        {% do refuse_var('replace_published', 'true or false') %}
    {% endif %}
    {% for name in ['algorithms', 'confirmed_features', 'published_attributes'] %}
        {% if var(name) is string or var(name) is mapping or var(name) is not iterable %}
            {% do refuse_var(name, 'a list: [a, b], or [] for none') %}
        {% endif %}
    {% endfor %}
    {% if var('targets') is not mapping
        or var('targets').values() | reject('in', ['future', 'declared']) | list %}
        {% do refuse_var('targets', 'names of targets, each with future or declared: {will_purchase: future}') %}
    {% endif %}
    {% if var('in_personas') is not mapping or var('in_personas').values() | reject('boolean') | list %}
        {% do refuse_var('in_personas', 'names of features, each with true or false: {gender: false}, or {} for none') %}
    {% endif %}
{% endmacro %}

{% macro refuse_var(name, expected) %}
    {% set given = 'null' if var(name) is none else var(name) %}
    {% do exceptions.raise_compiler_error(
        'The var ' ~ name ~ ' is ' ~ given ~ '; give ' ~ expected ~ '. Mend it in dbt_project.yml or --vars.'
    ) %}
{% endmacro %}
