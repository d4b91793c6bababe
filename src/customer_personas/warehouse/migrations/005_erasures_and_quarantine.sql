-- Keyed hashes of erased customers, and when records that were set aside were first seen.
-- A build of the release that brought these tables may have been ended between the two.

create table if not exists history.erasures (
    customer_hash varchar,
    erased_on date
);

create table if not exists history.quarantined_records (
    source_systems varchar,
    source_system varchar,
    entity varchar,
    record_hash uhugeint,
    first_seen_on date
);
