"""From personas to whoever contacts the customers: previews and exports of audiences."""
