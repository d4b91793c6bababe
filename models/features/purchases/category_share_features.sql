-- One column per top category: its share of the customer's spend.

{{ shares_by_category('sale_amount', 'category_share_', top_category_columns()) }}
