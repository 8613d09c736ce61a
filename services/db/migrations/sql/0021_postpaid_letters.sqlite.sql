-- Letters about postpaid applications, in each language, as they were given out.
CREATE TABLE postpaid_letter (
  id INTEGER NOT NULL,
  application_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  language TEXT NOT NULL,
  question_id INTEGER,
  issued_on TEXT NOT NULL,
  made_at TEXT NOT NULL,
  made_by TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  CONSTRAINT pk_postpaid_letter PRIMARY KEY (id),
  CONSTRAINT ck_postpaid_letter_kind CHECK (kind IN ('approved', 'conditions', 'declined', 'more')),
  CONSTRAINT ck_postpaid_letter_language CHECK (language IN ('en', 'fr')),
  CONSTRAINT ck_postpaid_letter_asks CHECK ((kind = 'more') = (question_id IS NOT NULL)),
  CONSTRAINT uq_postpaid_letter_question_id_language UNIQUE (question_id, language),
  CONSTRAINT fk_postpaid_letter_application_id FOREIGN KEY(application_id) REFERENCES postpaid_application (id) ON DELETE RESTRICT,
  CONSTRAINT fk_postpaid_letter_question_id FOREIGN KEY(question_id) REFERENCES postpaid_question (id) ON DELETE RESTRICT,
  CONSTRAINT fk_postpaid_letter_sha256 FOREIGN KEY(sha256) REFERENCES kept_paper (sha256) ON DELETE RESTRICT
) STRICT;
--;;
CREATE INDEX ix_postpaid_letter_application_id ON postpaid_letter (application_id);
--;;
CREATE UNIQUE INDEX uq_postpaid_letter_decision ON postpaid_letter (application_id, language) WHERE question_id IS NULL;
--;;
CREATE TRIGGER postpaid_letter_is_frozen BEFORE UPDATE ON postpaid_letter
BEGIN
    SELECT RAISE(ABORT, 'a letter that was given out never changes');
END
--;;
CREATE TRIGGER postpaid_letter_is_kept BEFORE DELETE ON postpaid_letter
BEGIN
    SELECT RAISE(ABORT, 'a letter that was given out is never deleted');
END
--;;
CREATE TRIGGER postpaid_letter_is_not_replaced BEFORE INSERT ON postpaid_letter
WHEN EXISTS (SELECT 1 FROM postpaid_letter WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'a letter that was given out never changes');
END
