-- What decides on what personas may be. Of earlier segmentations it is not known, which is no cause to fit.

alter table history.segmentation_champions add column settings varchar;
