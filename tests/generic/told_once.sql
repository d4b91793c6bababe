{# Two spellings of one word in a vocabulary, on_hold and On-Hold, would count a record twice. #}
{% test told_once(model, word) %}
select
    {{ vocabulary_key(word) }} as word,
    count(*) as spellings
from {{ model }}
group by {{ vocabulary_key(word) }}
having count(*) > 1
{% endtest %}
