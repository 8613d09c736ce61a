"""The one list of tables, permissions and approval acts, so that lower rooms need not know each other."""
