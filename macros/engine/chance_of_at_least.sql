{# The chance of so many or more of independent trials that each succeed with a probability between 0 and 1: the tail of
   the binomial distribution, exact but for terms ten standard deviations and more
   away from the mean, which are left out. #}
{% macro chance_of_at_least(successes, trials, probability) -%}
    {{ return(adapter.dispatch('chance_of_at_least', 'customer_personas')(successes, trials, probability)) }}
{%- endmacro %}

{% macro duckdb__chance_of_at_least(successes, trials, probability) -%}
    case
        when {{ successes }} <= 0 then 1e0
        when {{ successes }} > {{ trials }} then 0e0
        else
            -- a list in its order, so that the sum is the same in every run
            list_sum(
                list_transform(
                    range(
                        greatest(
                            {{ successes }},
                            cast(floor({{ trials }} * {{ probability }}) as bigint)
                            - 5 * cast(ceil(sqrt({{ trials }})) as bigint)
                        ),
                        least(
                            {{ trials }},
                            greatest({{ successes }}, cast(ceil({{ trials }} * {{ probability }}) as bigint))
                            + 5 * cast(ceil(sqrt({{ trials }})) as bigint)
                        ) + 1
                    ),
                    lambda each: exp(
                        lgamma({{ trials }} + 1) - lgamma(each + 1) - lgamma({{ trials }} - each + 1)
                        + each * ln({{ probability }}) + ({{ trials }} - each) * ln(1 - {{ probability }})
                    )
                )
            )
    end
{%- endmacro %}
