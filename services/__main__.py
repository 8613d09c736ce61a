"""The operator's command line: python -m services COMMAND --help."""

from __future__ import annotations

import typer

from services.commands import backups, cards, company, demo, jobs, journal, matching, rates, statements, stops, usage

app = typer.Typer(
    help="Ledgerdesk from the command line: set up, verify, import, export, back up.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    add_completion=False,
)
app.command("init")(company.init)
app.command("demo")(demo.demo)
app.command("verify")(journal.verify)
app.command("trial-balance")(journal.trial_balance)
app.command("export-journal")(journal.export_journal)
app.command("import-rates")(rates.import_rates)
app.command("import-statement")(statements.import_statement)
app.command("import-usage")(usage.import_usage)
app.command("import-card-payments")(cards.import_card_payments)
app.command("run-due")(jobs.run_due_work)
app.command("match")(matching.match)
app.command("stops")(stops.list_stops)
app.command("backup")(backups.backup)
app.command("restore")(backups.restore)
app.add_typer(company.people, name="people")

if __name__ == "__main__":
    app()
