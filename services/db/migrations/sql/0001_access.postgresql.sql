CREATE FUNCTION access_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$
--;;
CREATE TRIGGER audit_event_no_change BEFORE UPDATE OR DELETE ON audit_event
FOR EACH ROW EXECUTE FUNCTION access_append_only()
--;;
CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event
FOR EACH STATEMENT EXECUTE FUNCTION access_append_only()
--;;
CREATE FUNCTION access_approval_guard() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.decision IS NOT NULL THEN
            RAISE EXCEPTION 'a request for approval starts undecided' USING ERRCODE = 'restrict_violation';
        END IF;
    ELSIF OLD.decision IS NOT NULL OR NEW.decision IS NULL
        OR (NEW.id, NEW.act, NEW.subject, NEW.payload, NEW.summary, NEW.requested_by, NEW.requested_at, NEW.reason)
            IS DISTINCT FROM
            (OLD.id, OLD.act, OLD.subject, OLD.payload, OLD.summary, OLD.requested_by, OLD.requested_at, OLD.reason)
        OR NEW.amount_micros IS DISTINCT FROM OLD.amount_micros OR NEW.currency IS DISTINCT FROM OLD.currency
    THEN
        RAISE EXCEPTION 'a request for approval is decided once and never rewritten'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
--;;
CREATE TRIGGER approval_guard BEFORE INSERT OR UPDATE ON approval
FOR EACH ROW EXECUTE FUNCTION access_approval_guard()
--;;
CREATE TRIGGER approval_no_delete BEFORE DELETE ON approval
FOR EACH ROW EXECUTE FUNCTION access_append_only()
--;;
CREATE TRIGGER approval_no_truncate BEFORE TRUNCATE ON approval
FOR EACH STATEMENT EXECUTE FUNCTION access_append_only()
--;;
CREATE FUNCTION access_session_guard() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF OLD.ended_at IS NOT NULL OR NEW.person_id <> OLD.person_id OR NEW.expires_at > OLD.expires_at THEN
        RAISE EXCEPTION 'an ended session stays ended, and none is prolonged' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
--;;
CREATE TRIGGER session_ends_for_good BEFORE UPDATE ON session
FOR EACH ROW EXECUTE FUNCTION access_session_guard()
