-- Why the personas in force are: so far the reason of their fit.

alter table history.segmentation_champions add column status varchar;

update history.segmentation_champions set status = reason;
