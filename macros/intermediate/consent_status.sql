{# What a consent says: granted, denied, withdrawn, or unknown where no spelling of the seeds fits. Refusals are read from
   both seeds: unsubscribed is an answer to a contact as well. #}
{% macro consent_status(status) -%}
    case
        when {{ vocabulary_key(status) }} in (
            select {{ vocabulary_key('responses.response') }} from {{ ref('responses') }} as responses
            where responses.counts_as = 'refusal'
        ) then 'withdrawn'
        when {{ spelling_key(status) }} in (
            select spellings.spelling from {{ ref('yes_no_spellings') }} as spellings
            where spellings.meaning = 'yes'
        ) then 'granted'
        when {{ spelling_key(status) }} in (
            select spellings.spelling from {{ ref('yes_no_spellings') }} as spellings
            where spellings.meaning = 'no'
        ) then 'denied'
        else 'unknown'
    end
{%- endmacro %}
