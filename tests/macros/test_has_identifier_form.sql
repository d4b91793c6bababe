-- The macro has_identifier_form tells addresses and phone numbers from ids; of what else it knows see
-- tests/python/attack/test_identifier_forms.py.

with

examples (content, expected) as (
    values
    ('ann@example.org', true),
    ('a.b+c@sub.example.co.uk', true),
    ('+49 170 1234567', true),
    ('+4915112345678', true),
    ('0170/1234567', true),
    ('(030) 123 456', true),
    ('(212) 555-0187', true),
    ('212-555-0187', true),
    ('212.555.0187', true),
    ('12346', false),
    ('0049170123456', false),
    ('000000012345', false),
    ('C-2024-000123', false),
    ('2024-01-31', false),
    ('100-200', false),
    ('4f9d2c1e-77aa-4b21-9c5e-0123456789ab', false),
    ('user@home', false),
    ('@ann', false),
    ('', false),
    (cast(null as varchar), false)
)

select *
from examples
where {{ has_identifier_form('content', 'id') }} is distinct from expected
