-- Scheduled work: periods, runs, who is claimed or done, and the switch that holds a job.
CREATE TABLE job_period (
  job TEXT NOT NULL,
  period TEXT NOT NULL,
  opened_at TEXT NOT NULL,
  completed_at TEXT,
  CONSTRAINT pk_job_period PRIMARY KEY (job, period),
  CONSTRAINT ck_job_period_completed CHECK (completed_at >= opened_at)
) STRICT;
--;;
CREATE TABLE job_run (
  id INTEGER NOT NULL,
  job TEXT NOT NULL,
  period TEXT NOT NULL,
  started_at TEXT NOT NULL,
  started_by TEXT NOT NULL,
  worker TEXT NOT NULL,
  seen_at TEXT NOT NULL,
  ended_at TEXT,
  outcome TEXT,
  total INTEGER NOT NULL,
  done INTEGER DEFAULT '0' NOT NULL,
  failed INTEGER DEFAULT '0' NOT NULL,
  CONSTRAINT pk_job_run PRIMARY KEY (id),
  CONSTRAINT fk_job_run_job_period FOREIGN KEY(job, period) REFERENCES job_period (job, period) ON DELETE RESTRICT,
  CONSTRAINT ck_job_run_outcome CHECK (outcome IN ('done', 'failed', 'held', 'interrupted', 'busy')),
  CONSTRAINT ck_job_run_ended CHECK ((ended_at IS NULL) = (outcome IS NULL)),
  CONSTRAINT ck_job_run_counts CHECK (done >= 0 AND failed >= 0 AND done + failed <= total)
) STRICT;
--;;
CREATE INDEX ix_job_run_job ON job_run (job, id);
--;;
CREATE INDEX ix_job_run_open ON job_run (id) WHERE ended_at IS NULL;
--;;
CREATE TABLE job_run_total (
  run_id INTEGER NOT NULL,
  currency TEXT NOT NULL,
  subjects INTEGER NOT NULL,
  micros INTEGER NOT NULL,
  CONSTRAINT pk_job_run_total PRIMARY KEY (run_id, currency),
  CONSTRAINT ck_job_run_total_subjects CHECK (subjects > 0),
  CONSTRAINT fk_job_run_total_run_id FOREIGN KEY(run_id) REFERENCES job_run (id) ON DELETE RESTRICT
) STRICT;
--;;
CREATE TABLE job_claim (
  job TEXT NOT NULL,
  period TEXT NOT NULL,
  subject_id INTEGER NOT NULL,
  label TEXT NOT NULL,
  customer_id INTEGER,
  customer TEXT NOT NULL,
  state TEXT NOT NULL,
  run_id INTEGER,
  lease_until TEXT,
  attempts INTEGER DEFAULT '0' NOT NULL,
  tried_at TEXT,
  done_at TEXT,
  error TEXT,
  micros INTEGER,
  currency TEXT,
  CONSTRAINT pk_job_claim PRIMARY KEY (job, period, subject_id),
  CONSTRAINT fk_job_claim_job_period FOREIGN KEY(job, period) REFERENCES job_period (job, period) ON DELETE RESTRICT,
  CONSTRAINT ck_job_claim_state CHECK (state IN ('waiting', 'claimed', 'done', 'failed')),
  CONSTRAINT ck_job_claim_lease CHECK ((state = 'claimed') = (lease_until IS NOT NULL)),
  CONSTRAINT ck_job_claim_done CHECK ((state = 'done') = (done_at IS NOT NULL)),
  CONSTRAINT ck_job_claim_failed CHECK ((state = 'failed') = (error IS NOT NULL)),
  CONSTRAINT ck_job_claim_tried CHECK ((state = 'waiting') = (run_id IS NULL) AND (attempts > 0) = (run_id IS NOT NULL)),
  CONSTRAINT ck_job_claim_amount_has_currency CHECK ((micros IS NULL) = (currency IS NULL)),
  CONSTRAINT fk_job_claim_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
  CONSTRAINT fk_job_claim_run_id FOREIGN KEY(run_id) REFERENCES job_run (id) ON DELETE RESTRICT
) STRICT;
--;;
CREATE INDEX ix_job_claim_failed ON job_claim (job, tried_at) WHERE state = 'failed';
--;;
CREATE INDEX ix_job_claim_run ON job_claim (run_id);
--;;
CREATE INDEX ix_job_claim_unfinished ON job_claim (job, period, subject_id) WHERE state <> 'done';
--;;
CREATE TABLE job_hold (
  job TEXT NOT NULL,
  held_at TEXT NOT NULL,
  held_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  CONSTRAINT pk_job_hold PRIMARY KEY (job),
  CONSTRAINT ck_job_hold_reason CHECK (reason <> '')
) STRICT;
--;;
CREATE TABLE job_cap (
  job TEXT NOT NULL,
  most INTEGER NOT NULL,
  set_at TEXT NOT NULL,
  set_by TEXT NOT NULL,
  CONSTRAINT pk_job_cap PRIMARY KEY (job),
  CONSTRAINT ck_job_cap_most CHECK (most > 0)
) STRICT;
--;;
-- Done is done: the claim that a charge was made never changes.
CREATE TRIGGER job_claim_done_never_changes BEFORE UPDATE ON job_claim WHEN OLD.state = 'done'
BEGIN SELECT RAISE(ABORT, 'jobs: what is done is never changed'); END;
--;;
CREATE TRIGGER job_claim_done_never_deleted BEFORE DELETE ON job_claim WHEN OLD.state = 'done'
BEGIN SELECT RAISE(ABORT, 'jobs: what is done is never deleted'); END;
--;;
CREATE TRIGGER job_claim_never_replaced BEFORE INSERT ON job_claim
WHEN EXISTS (SELECT 1 FROM job_claim WHERE job = NEW.job AND period = NEW.period AND subject_id = NEW.subject_id)
BEGIN SELECT RAISE(ABORT, 'jobs: this subject is claimed already and never replaced'); END;
--;;
CREATE TRIGGER job_run_never_deleted BEFORE DELETE ON job_run
BEGIN SELECT RAISE(ABORT, 'jobs: a run is never deleted'); END;
--;;
CREATE TRIGGER job_run_ended_never_changes BEFORE UPDATE ON job_run WHEN OLD.ended_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'jobs: a run that ended never changes'); END;
