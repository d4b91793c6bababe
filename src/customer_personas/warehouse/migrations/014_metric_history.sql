-- What dashboards plot over time: metrics of each date that was published. Small counts never come here.

create table history.metric_history (
    source_systems varchar,
    as_of_date date,
    metric varchar,
    subject varchar,
    subject_name varchar,
    metric_value double
);
