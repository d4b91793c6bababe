-- Whose persona is a close call? Customers near the border, by the pair of personas they lie between.

with

customers as (

    select * from {{ ref('customers') }}

),

personas as (

    select * from {{ ref('personas') }}

)

select
    customers.persona_name,
    second_personas.persona_name as second_persona_name,
    count(*) as customer_count,
    count(case when customers.persona_confidence < 0.1 then 1 end) as border_customer_count
from customers
inner join personas as second_personas
    on customers.second_persona_id = second_personas.persona_id
group by customers.persona_name, second_personas.persona_name
order by border_customer_count desc, customers.persona_name asc, second_personas.persona_name asc
