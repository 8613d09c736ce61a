-- Saved views of lists, and two small indexes by which movements are searched.
CREATE TABLE saved_view (
  id INTEGER NOT NULL,
  nonce TEXT NOT NULL,
  person_id INTEGER NOT NULL,
  screen TEXT NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  query TEXT NOT NULL,
  shared INTEGER NOT NULL,
  saved_at TEXT NOT NULL,
  CONSTRAINT pk_saved_view PRIMARY KEY (id),
  CONSTRAINT ck_saved_view_named CHECK (name <> '' AND length(name) <= 60 AND name_key <> ''),
  CONSTRAINT ck_saved_view_query CHECK (screen <> '' AND length(query) <= 20000),
  CONSTRAINT uq_saved_view_person_id_screen_name_key UNIQUE (person_id, screen, name_key),
  CONSTRAINT uq_saved_view_nonce UNIQUE (nonce),
  CONSTRAINT fk_saved_view_person_id FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE RESTRICT
) STRICT;
--;;
CREATE INDEX ix_saved_view_shared ON saved_view (screen) WHERE shared;
--;;
CREATE INDEX ix_journal_entry_reversal ON journal_entry (effective_on, id) WHERE reversal_of_id IS NOT NULL;
--;;
CREATE INDEX ix_journal_entry_memo ON journal_entry (effective_on, id) WHERE memo <> '';
