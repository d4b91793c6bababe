{#
    How often the interval of a campaign may err: in 5 % once its days are over; before that, in 0.5 % on all days
    together, each of which may be the one that somebody looks on. So all looks together err in 5.5 % at most, whatever
    the figures of one day have to do with those of another (the sum of the probabilities; a small level before the end
    and the full one at it is the rule of Haybittle 1971 and Peto et al. 1976).
    comparisons: over how many of them the 5 % are divided (Bonferroni), such as the personas of a campaign.
#}
{% macro interval_error_rate(is_over, comparisons) -%}
    case when {{ is_over }} then 0.05e0 else 0.005e0 / {{ var('campaign_days') }} end / {{ comparisons }}
{%- endmacro %}
