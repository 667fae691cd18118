-- What came from elsewhere is known again by the id that it has there.
CREATE INDEX revision_message_id_idx ON revision (message_id) WHERE message_id IS NOT NULL;
