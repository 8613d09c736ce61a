CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END
--;;
CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END
--;;
CREATE TRIGGER approval_waits_first BEFORE INSERT ON approval WHEN NEW.decision IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a request for approval starts undecided'); END
--;;
CREATE TRIGGER approval_decided_once BEFORE UPDATE ON approval
WHEN OLD.decision IS NOT NULL OR NEW.decision IS NULL OR NEW.id <> OLD.id OR NEW.act <> OLD.act
    OR NEW.subject <> OLD.subject OR NEW.payload <> OLD.payload OR NEW.summary <> OLD.summary
    OR NEW.amount_micros IS NOT OLD.amount_micros OR NEW.currency IS NOT OLD.currency
    OR NEW.requested_by <> OLD.requested_by OR NEW.requested_at <> OLD.requested_at OR NEW.reason <> OLD.reason
BEGIN SELECT RAISE(ABORT, 'a request for approval is decided once and never rewritten'); END
--;;
CREATE TRIGGER approval_no_delete BEFORE DELETE ON approval
BEGIN SELECT RAISE(ABORT, 'a request for approval is never deleted'); END
--;;
CREATE TRIGGER session_ends_for_good BEFORE UPDATE ON session
WHEN OLD.ended_at IS NOT NULL OR NEW.person_id <> OLD.person_id OR NEW.expires_at > OLD.expires_at
BEGIN SELECT RAISE(ABORT, 'an ended session stays ended, and none is prolonged'); END
