-- name: select_attributes_of
SELECT DISTINCT slot_attribute FROM revision
WHERE slot_subject = :subject AND slot_attribute IS NOT NULL AND closed_by IS NULL ORDER BY slot_attribute;
