"""The names banks give the columns of their tables, and what they tell together."""

from __future__ import annotations

# The first name of a role that a file has wins.
NAMES: dict[str, tuple[str, ...]] = {
    "day": (
        "completed date", "clearing date", "posting date", "posted date", "post date", "booking date",
        "date de comptabilisation", "date comptable", "fecha contable", "dateop", "date", "date utc",
        "transaction date", "date operation", "date de l operation", "date d operation", "fecha", "fecha operacion",
        "f operacion", "fecha de operacion", "date of transaction", "processed date", "buchungstag", "buchungsdatum",
        "buchung", "boekdatum", "datum", "data contabile", "data operazione", "data", "time",
    ),
    "started": ("started date",),
    "value": (
        "value date", "date valeur", "date de valeur", "dateval", "fecha valor", "f valor", "effective date",
        "valutadatum", "valuta", "wertstellung", "rentedatum", "data valuta",
    ),
    "amount": (
        "net", "neto", "netto", "amount", "transaction amount", "montant", "montant de l operation",
        "montant operation", "importe", "betrag", "umsatz", "bedrag", "importo", "total",
    ),
    "debit": (
        "debit", "debit amount", "debits", "withdrawal", "withdrawals", "money out", "paid out", "cargo", "cargos",
        "debe", "soll", "belastung", "dare", "debet",
    ),
    "credit": (
        "credit", "credit amount", "credits", "deposit", "deposits", "money in", "paid in", "abono", "abonos",
        "haber", "haben", "gutschrift", "avere",
    ),
    "fee": ("fee",),
    "direction": ("d c", "dr cr", "cr dr", "debit credit", "credit debit", "af bij", "s h", "sens"),
    "balance": (
        "balance", "running balance", "runningbalance", "running bal", "account balance", "solde", "saldo",
        "disponible", "kontostand", "guthaben", "saldo na trn", "saldo na mutatie", "saldo nach buchung",
    ),
    "account": (
        "account number", "bank account", "account", "numero de compte", "compte", "cuenta", "accountnum",
        "auftragskonto", "kontonummer", "rekening", "rekeningnummer", "iban bban", "this party account",
    ),
    "branch": ("bsb number", "bsb"),
    "currency": ("currency", "ccy", "devise", "divisa", "moneda", "waehrung", "wahrung", "munt", "monn"),
    "party": (
        "payer name", "name", "other party", "other party name", "counterparty", "payee", "partner name", "nom",
        "beneficiario", "nombre", "op name", "naam omschrijving", "auftraggeber empfanger",
        "beguenstigter zahlungspflichtiger", "begunstigter zahlungspflichtiger",
        "auftraggeber begunstigter", "auftraggeber beguenstigter",
    ),
    "reference": ("transferwise id", "transaction id", "bank reference", "id de transaccion", "unique id"),
    "processed": ("processed on", "settled date"),
    "status": ("status", "state", "statut", "estado"),
    "remark": ("info",),
    "impact": ("balance impact", "auswirkung auf guthaben", "impact sur le solde", "impacto en el saldo"),
}  # fmt: skip
TEXTS = frozenset(
    (
        "description", "narrative", "narration", "transaction details", "details", "particulars", "code", "reference",
        "payment reference", "memo", "memo description", "original description", "transaction description", "label",
        "libelle", "libelle court", "libelle operation", "libelle de l operation", "libelle simplifie",
        "detail de l ecriture", "informations complementaires", "concepto", "descripcion", "observaciones",
        "movimiento", "mas datos", "subject", "note", "notes", "serial", "cheque", "cheque number", "transaction type",
        "type", "tran type", "analysis code", "verwendungszweck", "buchungstext", "omschrijving", "mededelingen",
        "causale", "descrizione", "commentaire", "comment", "reason",
    )
)  # fmt: skip
OURS = frozenset({"this party account", "auftragskonto", "iban bban", "accountnum", "rekening", "rekeningnummer"})
KINDS = frozenset({"transaction type", "type", "details"})  # texts that may say debit or credit on every row
# Cards whose tables count as positive what was spent: Discover, Apple, American Express.
SPENT = (
    {"trans date", "post date", "category"}, {"clearing date", "purchased by"}, {"card member"},
    {"appears on your statement as"},
)  # fmt: skip
# What columns together tell the bank's country and so its currency; the first that are all there.
CURRENCIES = (
    ({"conversioncharge"}, "NZD"), ({"particulars", "code", "amount"}, "NZD"), ({"analysis code"}, "NZD"),
    ({"unique id", "tran type"}, "NZD"), ({"tp ref", "op ref"}, "NZD"),
    ({"bsb number"}, "AUD"), ({"bsb"}, "AUD"), ({"narrative", "serial"}, "AUD"),
    ({"processed on"}, "AUD"), ({"transaction details", "merchant name"}, "AUD"),
    ({"original description", "subcategory"}, "AUD"), ({"check or slip"}, "USD"), ({"post date"}, "USD"),
    ({"dateop"}, "EUR"), ({"date valeur"}, "EUR"), ({"montant"}, "EUR"), ({"libelle"}, "EUR"),
    ({"libelle simplifie"}, "EUR"), ({"libelle court"}, "EUR"), ({"importe"}, "EUR"), ({"concepto"}, "EUR"),
)  # fmt: skip
