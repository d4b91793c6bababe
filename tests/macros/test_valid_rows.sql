-- Each kind of rule counts the rows that break it, and none that are as they should be.
-- depends_on: {{ ref('customers') }}

with

made as (

    select *
    from (
        values
        (1, null, 0.0, 'a'),
        (1, 'x', 1.0, 'b'),
        (2, 'x', null, null),
        (2, 'x', 1.5, 'a'),
        (null, 'y', -0.5, 'c'),
        (3, null, -0.1, 'b'),
        (3, null, 0.5, 'b')
    ) as made_rows (id, part, share, kind)

),

expected as (

    select *
    from (
        values
        -- null is like null
        ('rows agree in id, part', 2),
        ('id is null', 1),
        ('share is null', 1),
        ('share is below 0', 2),
        ('share is above 1', 1),
        ('kind is none of a, b', 1)
    ) as rules (broken_rule, broken_rows)

),

found as (

    {{ test_valid_rows(
        'made',
        key=['id', 'part'],
        nullable=['part'],
        not_null=['share'],
        in_range={'share': [0, 1], 'id': [1, none]},
        accepted_values={'kind': ['a', 'b']}
    ) | indent(4) }}

)

(select * from expected except select * from found)
union all
(select * from found except select * from expected)
