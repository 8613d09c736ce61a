"""The words on papers in English and French, and how amounts and dates are written there."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal

from services.errors import BrokenInvariant
from services.money import Money, digits
from services.papers import letter_wording

LANGUAGES = ("en", "fr")

_LOCALES = {"en": "en_AU", "fr": "fr_FR"}

_WORDS = {
    "number": ("Invoice number", "Numéro de facture"),
    "issued_on": ("Date of issue", "Date d’émission"),
    "due_on": ("Pay by", "À payer avant le"),
    "used_from": ("For use from", "Consommation du"),
    "used_until": ("until", "au"),
    "po_number": ("Your order", "Votre commande"),
    "bill_to": ("Bill to", "Facturé à"),
    "from": ("From", "Émetteur"),
    "abn": ("ABN", "ABN (Australie)"),
    "business_id": ("Business id: {value}", "Identifiant d’entreprise : {value}"),
    "buyer_abn": ("ABN: {value}", "ABN : {value}"),
    "contact": ("Contact", "Contact"),
    "account": ("Account", "Compte"),
    "username": ("Username", "Nom d’utilisateur"),
    "account_id": ("Account id", "Identifiant du compte"),
    "description": ("Description", "Désignation"),
    "quantity": ("Quantity", "Quantité"),
    "amount": ("Amount", "Montant"),
    "line": ("Prepaid account credit", "Crédit de compte prépayé"),
    "net": ("Net", "Montant hors taxe"),
    "total": ("Total", "Total"),
    "total_to_pay": ("Total to pay", "Total à payer"),
    "pay_by_transfer": ("Pay by bank transfer", "Payer par virement bancaire"),
    "reference": ("Payment reference", "Référence de paiement"),
    "paid_on": ("Paid on", "Payée le"),
    "paid_by_card": ("Paid by card", "Payée par carte"),
    "paid_with": ("Card", "Carte"),
    "card_refund": ("Refunded to {card}", "Remboursé sur {card}"),
    "card_lost": ("Payment by {card} disputed and taken back", "Paiement par {card} contesté et repris"),
    "card_ending": ("{brand} ending {last_four}", "{brand} se terminant par {last_four}"),
    "charged_on": ("Charged on", "Débitée le"),
    "charged": ("Amount charged", "Montant débité"),
    "nothing_due": (
        "This invoice is paid: nothing is left to pay. Your credit was added when the card was charged.",
        "Cette facture est payée : il ne reste rien à payer. Votre crédit a été ajouté au moment du débit de la carte.",
    ),
    "reference_hint": (
        "Write exactly this reference, and nothing else, in the transfer so that your credit arrives without delay.",
        "Indiquez exactement cette référence, et rien d’autre, dans le virement pour recevoir votre crédit sans délai.",
    ),
    "reference_hint_owed": (
        "Write exactly this reference, and nothing else, in the transfer so that your payment is recognised.",
        "Indiquez exactement cette référence, et rien d’autre, dans le virement pour que votre paiement soit reconnu.",
    ),
    "owed": (
        "This invoice is for what was used. Unpaid, it stays owed after the date above.",
        "Cette facture porte sur la consommation. Impayée, elle reste due après la date indiquée ci-dessus.",
    ),
    # lines of an invoice in arrears
    "line_sms": ("SMS", "SMS"),
    "line_mms": ("MMS", "MMS"),
    "line_voice": ("Voice calls", "Appels vocaux"),
    "line_fax": ("Fax", "Télécopies"),
    "line_post": ("Letters", "Lettres"),
    "line_postcards": ("Postcards", "Cartes postales"),
    "line_email": ("E-mail campaigns", "Campagnes d’e-mails"),
    "line_email_transactional": ("Transactional e-mail", "E-mails transactionnels"),
    "line_rental": ("Number rental", "Location de numéros"),
    "line_fees": ("Fees", "Frais"),
    "line_other_charges": ("Other charges", "Autres frais"),
    "line_refunds": ("Refunds", "Remboursements"),
    "line_true_up": ("Monthly minimum, rest", "Minimum mensuel, solde"),
    "line_true_up_term": ("Minimum of the whole term, rest", "Minimum de toute la durée, solde"),
    "line_left_early": ("Commitment ended early, rest", "Engagement terminé avant terme, solde"),
    "line_carried_over": ("Carried over, credit and adjustments", "Report, crédit et ajustements"),
    "note_terms": (
        "Set against the invoice named above.",
        "Imputé sur la facture indiquée ci-dessus.",
    ),
    "reference_draft": ("given when issued", "attribuée à l’émission"),
    "number_draft": ("given when issued", "attribué à l’émission"),
    "holder": ("Account name", "Titulaire"),
    "bank": ("Bank", "Banque"),
    "changed_on": (
        "These bank details last changed on {day}. We never announce new bank details by e-mail alone.",
        (
            "Ces coordonnées bancaires ont été modifiées le {day}. "
            "Nous n’annonçons jamais un changement par courriel seul."
        ),
    ),
    "unchanged": (
        "We never announce new bank details by e-mail alone.",
        "Nous n’annonçons jamais de nouvelles coordonnées bancaires par courriel seul.",
    ),
    "fee_note": (
        (
            "Bank fees are paid by the sender: ask your bank for the option OUR. "
            "Your account is credited with the amount that arrives."
        ),
        (
            "Les frais bancaires sont à la charge du donneur d’ordre : demandez l’option OUR à votre banque. "
            "Votre compte est crédité du montant effectivement reçu."
        ),
    ),
    "credited": (
        (
            "Your credit is added when the transfer arrives. "
            "Unpaid, this invoice lapses after the date above and nothing is owed."
        ),
        (
            "Votre crédit est ajouté à la réception du virement. "
            "Impayée, cette facture devient caduque après la date ci-dessus et rien n’est dû."
        ),
    ),
    "tax_aud": (
        "{label} in Australian dollars: {amount}, at {rate} AUD for 1 {currency} ({source}, {day}).",
        "{label} en dollars australiens : {amount}, au taux de {rate} AUD pour 1 {currency} ({source}, {day}).",
    ),
    "logo_alt": ("Logo of {name}", "Logo de {name}"),
    "scan": ("Scan to pay", "Scanner pour payer"),
    "scan_alt": (
        "QR code of this payment for a bank's app; everything in it is written beside it.",
        "Code QR de ce virement pour une application bancaire ; tout ce qu’il contient est écrit à côté.",
    ),
    "brought_forward": ("Brought forward", "Report"),
    "draft": ("Draft – preview", "Brouillon – aperçu"),
    "page": ("Page {page} of {pages}", "Page {page} sur {pages}"),
    "credit_note": ("Credit note", "Avoir"),
    "adjustment_note": ("Adjustment note", "Avoir (adjustment note)"),
    "note_number": ("Note number", "Numéro d’avoir"),
    "invoice_issued_on": ("Invoice of", "Facture du"),
    "issued_to": ("Issued to", "Destinataire"),
    "credit_effect": (
        "This credit note reduces the price of invoice {invoice}.",
        "Cet avoir réduit le prix de la facture {invoice}.",
    ),
    "adjustment_effect": (
        "This is an adjustment note: it decreases the price of tax invoice {invoice} and the GST in it.",
        "Ceci est une « adjustment note » : elle réduit le prix de la facture {invoice} et la GST qu’il contient.",
    ),
    "note_reason": ("Reason: {reason}", "Motif : {reason}"),
    "price_before": ("Price of {invoice} before this note", "Prix de {invoice} avant cet avoir"),
    "price_after": ("Price of {invoice} with this note", "Prix de {invoice} avec cet avoir"),
    "credited_total": ("Total credited", "Total de l’avoir"),
    "note_lowered": (
        "{amount} of it had not been paid and is no longer asked for.",
        "Dont {amount} non encore payés, qui ne sont plus demandés.",
    ),
    "note_returned": (
        "{amount} of it had been paid and is owed back to you.",
        "Dont {amount} déjà payés, qui vous sont dus.",
    ),
    "note_tax_aud": (
        "{label} of the adjustment in Australian dollars: {amount}, at the rate of the invoice.",
        "{label} de l’avoir en dollars australiens : {amount}, au taux de la facture.",
    ),
    "note_no_tax": (
        "The invoice had no tax in it, and neither has this note.",
        "Ni la facture ni cet avoir ne comportent de taxe.",
    ),
    "version": (
        "Version {version}, issued {day}, replaces the copy of {before}.",
        "Version {version} du {day}, remplace l’exemplaire du {before}.",
    ),
    "no_rows": ("No rows.", "Aucune ligne."),
} | letter_wording.WORDS

# what bank accounts' details are called; anything else is printed as the company wrote it
_BANK_LABELS = {
    "account name": "Titulaire",
    "account number": "Numéro de compte",
    "branch": "Agence",
    "bank code": "Code banque",
    "branch code": "Code agence",
    "swift/bic": "SWIFT/BIC",
}


class NoSuchWords(BrokenInvariant):
    """A paper asked for words the table does not have."""


def say(words: str, language: str, **facts: object) -> str:
    """The words with that name in "en" or "fr", with their facts filled in."""
    if words not in _WORDS or language not in LANGUAGES:
        raise NoSuchWords(f"no words “{words}” in “{language}”")
    return _WORDS[words][LANGUAGES.index(language)].format(**facts)


def every_word() -> list[tuple[str, str]]:
    """The English and French of every entry, for checks that both can be drawn."""
    return list(_WORDS.values())


def bank_label(label: str, language: str) -> str:
    """The name of a bank detail in the paper's language: "Account number", "Numéro de compte"."""
    return _BANK_LABELS.get(label.lower(), label) if language == "fr" else label


def rate_text(rate: str, language: str) -> str:
    """An exact decimal rate with the language's decimal sign, never rounded."""
    return rate.replace(".", ",") if language == "fr" else rate


def number_text(money: Money, language: str) -> str:
    """The number alone with the currency's digits: "1,220.00", "1 220,00"."""
    places = digits(money.currency)
    pattern = "#,##0." + "0" * places if places else "#,##0"
    return format_decimal(money.rounded().amount, format=pattern, locale=_LOCALES[language])


def exact_text(money: Money, places: int, language: str) -> str:
    """The number alone with that many decimals, which must round nothing away: "0.0792", "0,0792"."""
    pattern = "#,##0." + "0" * places if places else "#,##0"
    return format_decimal(money.amount, format=pattern, locale=_LOCALES[language])


def exact_money_text(money: Money, places: int, language: str) -> str:
    """The same with its ISO code, as `money_text` sets it."""
    number = exact_text(money, places, language)
    return f"{number}\u00a0{money.currency}" if language == "fr" else f"{money.currency}\u00a0{number}"


def money_text(money: Money, language: str) -> str:
    """The amount with its ISO code, never a symbol, which several dollars share: "AUD 1,220.00", "1 220,00 EUR"."""
    number = number_text(money, language)
    return f"{number}\u00a0{money.currency}" if language == "fr" else f"{money.currency}\u00a0{number}"


def date_text(day: date, language: str) -> str:
    """The date in full: "20 November 2026", "20 novembre 2026", and "1er novembre 2026" as French writes it."""
    first = "'1er'" if language == "fr" and day.day == 1 else "d"
    return format_date(day, format=f"{first} MMMM y", locale=_LOCALES[language])


def version_text(version: int, on: date | None, replaces: date | None, language: str) -> str:
    """Which copy a later version replaces; empty for the first."""
    if on is None or replaces is None:
        return ""
    return say("version", language, version=version, day=date_text(on, language), before=date_text(replaces, language))
