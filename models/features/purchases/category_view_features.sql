-- One column per top category: its share of the customer's web events of the last 90 days.

{{ shares_by_category(
    'views_90d', 'view_share_', top_category_columns() if active_systems('web_events') else []
) }}
