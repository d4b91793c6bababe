-- In the vocabularies that people edit each word has one meaning, and records can have it. Two spellings of
-- one word, on_hold and On-Hold, would count a record twice or leave its meaning to chance; Yes is looked for
-- as yes. Fails with the word.

with

words as (
    {% for seed, word, key, since in [
        ('order_statuses', 'order_status', vocabulary_key('order_status'), "''"),
        ('event_types', 'event_type', vocabulary_key('event_type'), "''"),
        ('responses', 'response', vocabulary_key('response'), "''"),
        ('yes_no_spellings', 'spelling', spelling_key('spelling'), "''"),
        ('exchange_rates', 'currency', 'upper(currency)', 'cast(valid_from as varchar)'),
    ] %}
    select
        '{{ seed }}' as seed,
        {{ word }} as word,
        {{ key }} as looked_for,
        {{ since }} as valid_from
    from {{ ref(seed) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

problems as (

    select
        seed,
        looked_for as word,
        'is told ' || count(*) || ' times'
        || case when valid_from != '' then ' from ' || valid_from else '' end as problem
    from words
    group by seed, looked_for, valid_from
    having count(*) > 1
    union all
    select
        seed,
        word,
        'has to be in lower case, letters and accents composed' as problem
    from words
    where seed = 'yes_no_spellings' and word != looked_for

)

select 'seeds/reference/' || seed || '.csv: ' || word || ' ' || problem as message
from problems
where {{ raise_error("'seeds/reference/' || seed || '.csv: ' || word || ' ' || problem") }} is not null
