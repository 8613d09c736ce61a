"""The names banks give the columns of their tables, and what they tell together."""

from __future__ import annotations

# The first name of a role that a file has wins.
NAMES: dict[str, tuple[str, ...]] = {
    "day": (
        "completed date", "date completed utc", "clearing date", "posting date", "posted date", "post date",
        "date posted", "posted transactions date", "booking date", "booked at", "date de comptabilisation",
        "date comptable", "fecha contable", "dateop", "date", "date utc", "date and time", "settlement date utc",
        "transaction date", "txn date", "tran date", "date operation", "date de l operation", "date d operation",
        "fecha", "fecha operacion", "f operacion", "fecha de operacion", "dia", "date of transaction",
        "processed date", "buchungstag", "buchungsdatum", "buchung", "boekingsdatum", "boekdatum",
        "datum zauctovani", "datum verrekening", "datum", "datum provedeni",
        "transactiedatum", "uitvoeringsdatum", "data contabile", "data registrazione", "data operazione", "data",
        "data mov", "data movimento", "data lancamento", "bokforingsdatum", "bokforingsdag", "reskontradatum",
        "bogfort", "bogforingsdato", "bokfort", "dato", "kirjauspaiva", "data ksiegowania", "data operacji",
        "data transakcji", "time",
    ),
    "started": ("started date", "date started utc"),
    "value": (
        "value date", "value dat", "valuta date", "date valeur", "date de valeur", "dateval", "fecha valor", "f valor",
        "effective date", "valutadatum", "valuta", "wertstellung", "wertstellungsdatum", "wert", "rentedatum",
        "data valuta", "data valor", "valutadag", "rentedato", "arvopaiva", "data waluty",
    ),
    "amount": (
        "net", "neto", "netto", "amount", "transaction amount", "credit debit amount", "billing amount",
        "total amount incl vat", "montant", "montant de l operation", "montant operation", "importe", "betrag",
        "umsatz", "bedrag", "importo", "montante", "belopp", "belob", "belop", "maara", "objem", "castka",
        "zauctovana castka", "suma",
        "kwota", "kwota operacji", "kwota transakcji", "kwota transakcji waluta rachunku", "valor", "total",
    ),
    "debit": (
        "debit", "debit amount", "debits", "withdrawal", "withdrawals", "withdrawal amount", "withdrawal amt",
        "money out", "paid out", "cargo", "cargos", "debe", "soll", "belastung", "lastschrift", "dare", "debet",
        "debito", "debitos", "ut fra konto", "ut", "out", "dr",
    ),
    "credit": (
        "credit", "credit amount", "credits", "deposit", "deposits", "deposit amount", "deposit amt", "money in",
        "paid in", "abono", "abonos", "haber", "haben", "gutschrift", "avere", "credito", "creditos", "inn pa konto",
        "inn", "in", "cr",
    ),
    "fee": ("fee",),
    "direction": (
        "d c", "dr cr", "cr dr", "debit credit", "credit debit", "debit or credit", "af bij", "s h", "sens",
        "creditdebet", "debet credit", "credit debet", "kredit debet",
    ),
    "balance": (
        "balance", "running balance", "runningbalance", "running bal", "account balance", "closing balance",
        "daily posted balance", "bal", "solde", "saldo", "bokfort saldo", "saldo contabilistico",
        "saldo po operacji", "saldo po transakcji", "disponible", "kontostand", "guthaben", "saldo na trn",
        "saldo na mutatie", "saldo nach buchung",
    ),
    "account": (
        "account number", "bank account", "account", "posted account", "numero de compte", "compte", "cuenta",
        "accountnum", "auftragskonto", "kontonummer", "rekening", "rekeningnummer", "iban bban",
        "this party account",
    ),
    "branch": ("bsb number", "bsb"),
    "currency": (
        "currency", "ccy", "posted currency", "devise", "devies", "divisa", "moneda", "moeda", "waehrung", "wahrung",
        "munt", "monn", "valutacode", "valuta rekening", "mena", "mena uctu", "waluta", "whg",
    ),
    "party": (
        "payer name", "name", "other party", "other party name", "counterparty", "counter party",
        "counterparty name", "payee", "partner name", "partnername", "nom", "beneficiario", "nombre", "op name",
        "naam omschrijving", "naam tegenpartij", "naam van de tegenpartij", "naam tegenpartij bevat",
        "tegenrekeninghouder", "naam", "auftraggeber empfanger", "sender empfanger", "name zahlungsbeteiligter",
        "empfaenger 1", "beguenstigter zahlungspflichtiger", "begunstigter zahlungspflichtiger",
        "auftraggeber begunstigter", "auftraggeber beguenstigter", "begunstigter auftraggeber", "saaja maksaja",
        "nazev protiuctu", "nazov protiuctu", "dane kontrahenta", "merchant",
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
        "causale", "descrizione", "commentaire", "comment", "reason", "title", "text", "tekst", "beskrivelse",
        "beskrivning", "forklaring", "meddelande", "rubrik", "referens", "viesti", "selitys", "opis operacji", "tytul",
        "popis", "uzivatelska identifikace", "zprava pro prijemce", "historico", "descricao", "descricao do movimento",
        "mededeling", "omschrijving 1", "omschrijving 2", "omschrijving 3", "buchungs details", "buchungsdetails",
        "umsatztext",
        "avisierungstext", "zahlungszweck", "beschreibung1", "beschreibung2", "beschreibung3", "description 1",
        "description 2", "description1", "description2", "description3", "bank description", "concepto referencia",
        "ref no cheque no", "chq ref number", "transaction ref1", "transaction ref2", "transaction ref3",
    )
)  # fmt: skip
OURS = frozenset({"this party account", "auftragskonto", "iban bban", "accountnum", "rekening", "rekeningnummer"})
KINDS = frozenset({"transaction type", "type", "details"})  # texts that may say debit or credit on every row
# Cards whose tables count as positive what was spent: Discover, Apple, American Express, Nubank.
SPENT = (
    {"trans date", "post date", "category"}, {"clearing date", "purchased by"}, {"card member"},
    {"appears on your statement as"}, {"date", "title", "amount"},
)  # fmt: skip
# Codes that are currencies wherever they stand alone in every row; words such as FEE are codes to nobody.
_CODES = (
    "AED ARS AUD BGN BHD BRL CAD CHF CLP CNY CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY KES KRW KWD MXN MYR "
    "NGN NOK NZD OMR PHP PLN QAR RON RSD SAR SEK SGD THB TWD UAH USD VND XAF XOF XPF ZAR"
)
CODES = frozenset(_CODES.split())
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
