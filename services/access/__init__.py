"""People, roles, sessions, approvals and the audit trail: what every operation asks first."""
