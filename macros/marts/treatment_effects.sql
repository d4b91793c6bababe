{#
    The effect of being treated, with an interval, from sums over two groups that were formed by lot.

    relation: one row per comparison, with
      error_rate          how often the interval may miss the true effect: 0.05 for an interval of 95 %
      is_share            whether the outcome y is 0 or 1
      is_adjusted         whether the earlier figure is made use of
      of the treated (suffix _treated) and the holdout (_holdout):
        n                 customers
        y, yy             sum of the outcome, of its square
        x, xx, xy         sum of the earlier figure, of its square, of its product with the outcome

    Adds treated_mean, holdout_mean, adjustment (theta below), standard_error, effect, effect_low and effect_high; no
    interval where a group has fewer than three customers or nothing varies.

    CUPED (Deng, Xu, Kohavi and Walker 2013): theta times the difference of the earlier figures is taken off; its
    expectation is zero, since they were there before the lot fell. theta is the slope of the outcome on the earlier
    figure within the groups, which leaves the least variance: none of it where the earlier figure says nothing.
    Means: the analysis of covariance, one variance for both groups. A holdout is small and spending is skewed: with a
    variance of its own (Welch) a small holdout without a big spender claims too much, see docs/methodology.md.
    The t quantile is that of Abramowitz and Stegun (1964), 26.7.5.
    Shares: the interval of Agresti and Caffo (2000): one customer with and one without the outcome is added to each
    group, at its mean earlier figure, so that the interval holds for few customers and rare outcomes as well.
#}
{% macro treatment_effects(relation) %}
    {%- set groups = ['treated', 'holdout'] %}
    with

    counted as (

        select
            *,
            case when is_share then 1 else 0 end as added
        from {{ relation }}

    ),

    -- squares and products about the mean of the group
    centred as (

        select
            *,
            {%- for group in groups %}
            {{ ratio('y_' ~ group, 'n_' ~ group) }} as {{ group }}_mean,
            {{ ratio('x_' ~ group, 'n_' ~ group) }} as mean_x_{{ group }},
            {{ ratio('y_' ~ group ~ ' + added', 'n_' ~ group ~ ' + 2 * added') }} as centre_{{ group }},
            yy_{{ group }} + added
            - {{ ratio('power(cast(y_' ~ group ~ ' + added as double), 2)', 'n_' ~ group ~ ' + 2 * added') }}
                as syy_{{ group }},
            xx_{{ group }}
            - {{ ratio('power(cast(x_' ~ group ~ ' as double), 2)', 'n_' ~ group) }} as sxx_{{ group }},
            xy_{{ group }}
            - {{ ratio('cast(x_' ~ group ~ ' as double) * cast(y_' ~ group ~ ' as double)', 'n_' ~ group) }}
                as sxy_{{ group }}{{ ',' if not loop.last }}
            {%- endfor %}
        from counted

    ),

    adjusted as (

        select
            *,
            case
                when is_adjusted
                    then coalesce(({{ ratio('sxy_treated + sxy_holdout', 'sxx_treated + sxx_holdout') }}), 0)
                else 0
            end as adjustment
        from centred

    ),

    -- the squares that are left; rounding may leave less than nothing
    rested as (

        select
            *,
            {%- for group in groups %}
            greatest(syy_{{ group }} - 2 * adjustment * sxy_{{ group }} + power(adjustment, 2) * sxx_{{ group }}, 0)
                as rest_{{ group }},
            {%- endfor %}
            adjustment * (mean_x_treated - mean_x_holdout) as shift,
            -- null, and so is all that rests on it, where a group is too small
            case when least(n_treated, n_holdout) > 2 then cast(n_treated + n_holdout - 3 as double) end as freedom,
            {{ normal_quantile('error_rate / 2') }} as normal_width
        from adjusted

    ),

    spread as (

        select
            *,
            sqrt(
                nullif(
                    case
                        when freedom is null then null
                        when is_share
                            then
                                rest_treated / (cast(n_treated as double) * (n_treated + 2))
                                + rest_holdout / (cast(n_holdout as double) * (n_holdout + 2))
                        else (rest_treated + rest_holdout) / freedom * (1e0 / n_treated + 1e0 / n_holdout)
                    end, 0
                )
            ) as standard_error,
            case
                when is_share then normal_width
                else
                    normal_width
                    + (power(normal_width, 3) + normal_width) / (4 * freedom)
                    + (5 * power(normal_width, 5) + 16 * power(normal_width, 3) + 3 * normal_width)
                    / (96 * power(freedom, 2))
            end as standard_errors
        from rested

    )

    select
        *,
        treated_mean - holdout_mean - shift as effect,
        centre_treated - centre_holdout - shift - standard_errors * standard_error as effect_low,
        centre_treated - centre_holdout - shift + standard_errors * standard_error as effect_high
    from spread
{% endmacro %}
