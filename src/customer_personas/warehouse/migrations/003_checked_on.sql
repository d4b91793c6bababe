-- When the personas in force were last held against others: so far when they were fitted.

alter table history.segmentation_champions add column checked_on date;

update history.segmentation_champions set checked_on = fitted_on;
