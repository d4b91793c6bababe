-- By how much density falls around each persona. Of earlier segmentations it is not known.

alter table history.segmentation_champions alter column personas set data type struct(
    persona_id varchar, persona_name varchar, customer_share double, jaccard double, gap double,
    is_apart boolean
)[] using list_transform(
    personas,
    lambda each: {
        'persona_id': each.persona_id,
        'persona_name': each.persona_name,
        'customer_share': each.customer_share,
        'jaccard': each.jaccard,
        'gap': null,
        'is_apart': null
    }
);
