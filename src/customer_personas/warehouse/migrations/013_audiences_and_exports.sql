-- Who came into which audience and left it, on which as_of_date; and what was exported. An export is open
-- (exported_at null) until its file lies in its place. Of an erased customer the id under which they were
-- exported is left, without the customer's, until they are removed there as well.

create table history.audience_changes (
    source_systems varchar,
    audience varchar,
    customer_id varchar,
    as_of_date date,
    is_member boolean
);

create table history.audience_sizes (
    source_systems varchar,
    audience varchar,
    as_of_date date,
    customer_count bigint,
    reachable_count bigint
);

create table history.exports (
    source_systems varchar,
    audience varchar,
    destination varchar,
    export_number integer,
    as_of_date date,
    exported_at timestamp,
    file_name varchar,
    added bigint,
    updated bigint,
    removed bigint
);

create table history.exported_members (
    source_systems varchar,
    audience varchar,
    destination varchar,
    exported_id varchar,
    customer_id varchar,
    row_hash varchar
);
