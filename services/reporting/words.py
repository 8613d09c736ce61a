"""What a customer reads about the account, in English and French: the names of movements, the statement, the answer.

Everything a customer may be told is in this one place. Nothing here may name a fee hidden from the customer: such are
"Other charges" (product.md, decisions).
"""

from __future__ import annotations

from services.errors import BrokenInvariant
from services.ledger.classes import MovementClass
from services.ledger.model import Kind
from services.papers.wording import LANGUAGES

CLASSES = {
    MovementClass.CARD: ("Card payments", "Paiements par carte"),
    MovementClass.BANK: ("Bank transfers", "Virements bancaires"),
    MovementClass.GRANTED: ("Promotional credit", "Crédit promotionnel"),
    MovementClass.USAGE: ("Usage", "Consommation"),
    MovementClass.RENTAL: ("Number rental", "Location de numéros"),
    MovementClass.FEES: ("Fees", "Frais"),
    MovementClass.COMMITMENT: ("Commitment", "Engagement"),
    MovementClass.ADJUSTMENTS: ("Adjustments", "Ajustements"),
    MovementClass.REFUNDS: ("Refunds", "Remboursements"),
    MovementClass.DISPUTES: ("Disputed card payments", "Paiements par carte contestés"),
}
KINDS = {
    Kind.CARD_TOP_UP: ("Card payment", "Paiement par carte"),
    Kind.BANK_TOP_UP: ("Bank transfer", "Virement bancaire"),
    Kind.PROVISIONAL_CREDIT: ("Credit ahead of a bank transfer", "Crédit en attente d’un virement"),
    Kind.FEE_ABSORBED: ("Bank fee borne by us", "Frais bancaires à notre charge"),
    Kind.USAGE_SMS: ("SMS", "SMS"),
    Kind.USAGE_MMS: ("MMS", "MMS"),
    Kind.USAGE_VOICE: ("Voice calls", "Appels vocaux"),
    Kind.USAGE_FAX: ("Fax", "Télécopies"),
    Kind.USAGE_POST: ("Letters", "Lettres"),
    Kind.USAGE_POSTCARDS: ("Postcards", "Cartes postales"),
    Kind.USAGE_EMAIL: ("E-mail campaigns", "Campagnes d’e-mails"),
    Kind.USAGE_EMAIL_TRANSACTIONAL: ("Transactional e-mail", "E-mails transactionnels"),
    Kind.RENTAL: ("Number rental", "Location de numéro"),
    Kind.CUSTOM_FEE: ("Fee", "Frais"),
    Kind.GOODWILL: ("Goodwill credit", "Geste commercial"),
    Kind.PROMO_GRANT: ("Promotional credit", "Crédit promotionnel"),
    Kind.PROMO_EXPIRED: ("Promotional credit expired", "Crédit promotionnel expiré"),
    Kind.USAGE_REFUND: ("Refund of undelivered messages", "Remboursement de messages non remis"),
    Kind.RENTAL_REFUND: ("Refund of number rental", "Remboursement de location de numéro"),
    Kind.INVOICE_CREDITED: ("Credit note, paid back", "Avoir, remboursé"),
    Kind.DISPUTE_LOST: ("Disputed card payment, taken back", "Paiement par carte contesté, repris"),
    Kind.CREDIT_CORRECTION: ("Correction", "Correction"),
    Kind.CARRYING_DIFFERENCE: ("Exchange difference", "Différence de change"),
    Kind.TRUE_UP: ("Minimum of the commitment, rest", "Minimum de l’engagement, solde"),
    Kind.DEBT_WRITTEN_OFF: ("Use no longer asked for", "Consommation qui n’est plus demandée"),
    Kind.TAX_TURNED: ("GST at the change of billing", "GST au changement de facturation"),
}
_WORDS = {
    "other_charges": ("Other charges", "Autres frais"),
    "invoice_no": ("invoice {number}", "facture {number}"),
    "taken_back": ("{what}, taken back", "{what}, annulation"),
    # the statement
    "statement": ("Statement of account", "Relevé de compte"),
    "account_holder": ("Account holder", "Titulaire du compte"),
    "period": ("Period", "Période"),
    "from_to": ("{first} to {last}", "du {first} au {last}"),
    "currency": ("Currency", "Devise"),
    "complete": ("Usage complete through", "Consommation complète jusqu’au"),
    "no_usage": ("no usage yet", "pas encore de consommation"),
    "opening": ("Opening balance", "Solde initial"),
    "closing": ("Closing balance", "Solde final"),
    "promotional": ("of which promotional credit", "dont crédit promotionnel"),
    "came_in": ("In", "Crédits"),
    "went_out": ("Out", "Débits"),
    "balance": ("Balance", "Solde"),
    "date": ("Date", "Date"),
    "movement": ("Movement", "Mouvement"),
    "by_class": ("Summary", "Récapitulatif"),
    "movements": ("Movements", "Mouvements"),
    "brought_forward": ("Balance brought forward", "Solde reporté"),
    "no_movements": ("Nothing moved in this period.", "Aucun mouvement sur cette période."),
    "note": (
        (
            "Usage is added up by day and product; the single messages are listed in your account. "
            "Balances are prepaid credit and exclude tax. This statement is not a tax invoice."
        ),
        (
            "La consommation est additionnée par jour et par produit ; le détail des messages figure dans votre "
            "compte. Les soldes sont des crédits prépayés hors taxe. Ce relevé n’est pas une facture."
        ),
    ),
    "tax_included": ("{tax} included in what was used", "{tax} comprise dans la consommation"),
    "note_afterwards": (
        (
            "Usage is added up by day and product; the single messages are listed in your account. A balance below "
            "zero is what was used and is paid by monthly invoice; amounts exclude tax. This statement is not a tax "
            "invoice."
        ),
        (
            "La consommation est additionnée par jour et par produit ; le détail des messages figure dans votre "
            "compte. Un solde négatif est une consommation payée sur facture mensuelle ; montants hors taxe. Ce relevé "
            "n’est pas une facture."
        ),
    ),
    "note_with_tax": (
        (
            "Usage is added up by day and product; the single messages are listed in your account. Credit is taxed "
            "when it is used, so balances and prices include tax. This statement is not a tax invoice."
        ),
        (
            "La consommation est additionnée par jour et par produit ; le détail des messages figure dans votre "
            "compte. Le crédit est taxé à l’usage : soldes et prix sont taxe comprise. Ce relevé n’est pas une facture."
        ),
    ),
    # the statement of what is owed
    "owed_statement": ("Statement of account", "Relevé de compte"),
    "owed_total": ("Total owed", "Total dû"),
    "owed_overdue": ("Of it overdue", "Dont en retard"),
    "owed_items": ("Open invoices", "Factures ouvertes"),
    "owed_invoice": ("Invoice", "Facture"),
    "owed_issued": ("Issued", "Émise le"),
    "owed_due": ("Due", "Échéance"),
    "owed_reference": ("Reference", "Référence"),
    "owed_days": ("Days late", "Jours de retard"),
    "owed_gross": ("Total", "Total"),
    "owed_open": ("Open", "Reste dû"),
    "bucket_not_due": ("Not yet due", "Non échu"),
    "bucket_to_30": ("1–30 days late", "1–30 jours"),
    "bucket_to_60": ("31–60 days late", "31–60 jours"),
    "bucket_to_90": ("61–90 days late", "61–90 jours"),
    "bucket_over_90": ("Over 90 days", "Plus de 90 jours"),
    "owed_hint": (
        "Write the payment reference of each invoice you pay in the transfer.",
        "Indiquez dans le virement la référence de chaque facture payée.",
    ),
    "owed_note": (
        "All your invoices for use that were open at the end of this day. This statement is not a tax invoice.",
        "Toutes vos factures de consommation ouvertes à la fin de cette journée. Ce relevé n’est pas une facture.",
    ),
    "owed_since": (
        "Payments received after this day are not in it.",
        "Les paiements reçus après cette date n’y figurent pas.",
    ),
    # the answer to "why is my balance this?"
    "hello": ("Hello,", "Bonjour,"),
    "now": (
        "The credit of your account {username} (account id {account_id}) is {balance} as of {day}.",
        "Le crédit de votre compte {username} (identifiant {account_id}) est de {balance} au {day}.",
    ),
    "now_afterwards": (
        "The balance of your account {username} (account id {account_id}) is {balance} as of {day}.",
        "Le solde de votre compte {username} (identifiant {account_id}) est de {balance} au {day}.",
    ),
    "of_which": ("Of this, {amount} is promotional credit.", "Dont {amount} de crédit promotionnel."),
    "since": (
        "On {first} you started with {opening}. From then to {last}:",
        "Au {first}, votre solde était de {opening}. Depuis, jusqu’au {last} :",
    ),
    "nothing": ("Nothing has moved since.", "Aucun mouvement depuis."),
    "makes": ("This makes {closing} on {last}.", "Soit {closing} au {last}."),
    "usage_until": (
        "Usage is included up to {day}; what was sent later will follow.",
        "La consommation est prise en compte jusqu’au {day} ; les envois ultérieurs suivront.",
    ),
    "next_rental": (
        "On {day}, {amount} will be deducted for number rental.",
        "Le {day}, {amount} seront déduits pour la location de numéros.",
    ),
    "lasts": (
        "At your recent use of {daily} a day, the credit lasts about {days} more days, until {day}.",
        "Au rythme récent de {daily} par jour, le crédit suffira pour environ {days} jours, jusqu’au {day}.",
    ),
    "lasts_one": (
        "At your recent use of {daily} a day, the credit lasts about one more day.",
        "Au rythme récent de {daily} par jour, le crédit suffira pour environ un jour.",
    ),
    "used_up": (
        "Your credit is used up: please top up so that sending is not interrupted.",
        "Votre crédit est épuisé : merci de recharger votre compte afin de ne pas interrompre vos envois.",
    ),
    "afterwards": (
        "You pay by the month: what you have used and was not invoiced yet comes with your next invoice.",
        "Vous payez au mois : la consommation qui n’est pas encore facturée figurera sur votre prochaine facture.",
    ),
    "goodbye": ("Kind regards,", "Cordialement,"),
}


class NoSuchWords(BrokenInvariant):
    """A text for customers asked for words the table does not have."""


def say(words: str, language: str, **facts: object) -> str:
    """The words with that name in "en" or "fr", with their facts filled in. Raises `NoSuchWords`."""
    if words not in _WORDS:
        raise NoSuchWords(f"no words “{words}”")
    return _chosen(_WORDS[words], language).format(**facts)


def class_words(of: MovementClass, kind: Kind | None, language: str) -> str:
    """What a class of movement is called, or the product where usage is told by product."""
    return kind_words(kind, language) if kind else _chosen(CLASSES[of], language)


def kind_words(kind: Kind, language: str) -> str:
    """What one movement is called."""
    return _chosen(KINDS[kind], language)


def every_word() -> list[tuple[str, str]]:
    """The English and French of every entry, for checks that both can be drawn."""
    return [*CLASSES.values(), *KINDS.values(), *_WORDS.values()]


def _chosen(pair: tuple[str, str], language: str) -> str:
    if language not in LANGUAGES:
        raise NoSuchWords(f"no words in “{language}”")
    return pair[LANGUAGES.index(language)]
