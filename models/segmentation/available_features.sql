-- The features that customer_features has in this build.

{{ column_names_of(ref('customer_features')) }}
