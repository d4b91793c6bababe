"""What BI tools need beside the published file: metrics and dashboards as code."""
