-- Values that were set to null because they make no sense; the records they stood in were accepted.

{{ records_set_aside(
    split_to_rows('judged.value_issues'),
    "judged.disposition = 'accepted' and judged.value_issues is not null"
) }}
