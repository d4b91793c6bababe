"""Identifiers of the demo are hashed as Python's hmac does."""

import hmac

from customer_personas.warehouse.identifier_keys import DEMO_KEY


def test_staging_holds_the_hmac_of_the_normalised_identifier(demo):
    ((address, hashed),) = demo.query(
        """
        select seeds.email, staged.email_hash
        from raw.demo_customers as seeds
        inner join staging.stg_demo__customers as staged using (customer_id)
        where seeds.email is not null
        order by seeds.customer_id limit 1
        """
    )
    expected = hmac.new(DEMO_KEY.encode(), address.strip().lower().encode(), "sha256").hexdigest()
    assert hashed == expected
