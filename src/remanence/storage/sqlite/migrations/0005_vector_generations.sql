-- Two generations of vectors stand side by side while a cube takes another embedder: the present ones, which
-- recall is served by, and those to come. A text has one vector for each place of a generation, whoever and
-- however many processes make them; what was written twice so far goes.
DELETE FROM vector WHERE vector NOT IN (SELECT min(vector) FROM vector GROUP BY text, embedder, span_start);
DROP INDEX vector_text_idx;
CREATE UNIQUE INDEX vector_text_embedder_span_start_idx ON vector (text, embedder, span_start);
