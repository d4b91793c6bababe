-- Who is held out follows from this secret and the customer's own id, so that the same people stay held out
-- when the warehouse is deleted, the key of identifiers changes or more entities are delivered.

create table history.holdout_salts (
    source_systems varchar,
    salt varchar
);
