from customer_personas.products import groups


def model(dbt, session):
    dbt.config(materialized="table")
    products = dbt.ref("int_products").filter("needs_product_group")
    dates = dbt.ref("observation_dates").project("observation_date").fetchall()
    return groups.group_products(
        products.project("product_id, product_name, sale_lines, first_sold_on").to_arrow_table(),
        [day for (day,) in dates],
        seed=int(dbt.config.get("random_seed")),
        progress=lambda line: print(f"          product groups: {line}", flush=True),
    )
