-- Names of columns that hold persons, firms or places, in several languages, beside those that only sound so.

with

examples (attribute, expected) as (
    values
    ('postal_code', true),
    ('billing_zip', true),
    ('shipping_postcode', true),
    ('plz', true),
    ('код', false),
    ('почтовый_индекс', true),
    ('우편번호', true),
    ('contact_owner', true),
    ('owner', true),
    ('home_owner', false),
    ('sales_rep', true),
    ('created_by', true),
    ('company', true),
    ('billing_company_name', true),
    ('company_size', false),
    ('firma', true),
    ('회사명', true),
    ('last_name', true),
    ('lastname', true),
    ('nachname', true),
    ('cognome', true),
    ('apellidos', true),
    ('성', true),
    ('性別', false),
    ('姓', true),
    ('фамилия', true),
    ('street_address', true),
    ('iban', true),
    ('latitude', true),
    ('zip3', false),
    ('area_code', false),
    ('postal_prefix', false),
    ('product_name', false),
    ('plan_name', false),
    ('economics', false),
    ('platform', false),
    ('salary', false)
)

select *
from examples
where {{ matches_pattern('attribute', names_of_persons_and_places()) }} is distinct from expected
