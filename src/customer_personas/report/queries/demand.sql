-- rounded: expected_customers, expected_buyers
select
    needs.need,
    -- the probability of a need is that of who buys: it counts as far as buying is likely
    sum(needs.probability * customers.purchase_probability) as expected_customers,
    sum(sum(needs.probability * customers.purchase_probability)) over () as expected_buyers
from marts.customer_needs as needs
inner join marts.customers as customers
    on needs.customer_id = customers.customer_id
where needs.target = 'next_need' and customers.purchase_probability is not null
group by needs.need
order by expected_customers desc, needs.need
