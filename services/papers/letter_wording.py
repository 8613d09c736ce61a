"""The words of letters about postpaid in English and French; `wording.say` knows them by name."""

from __future__ import annotations

WORDS = {
    "letter_title": ("Postpaid account", "Compte postpayé"),
    "letter_application": ("Application {number}", "Demande n° {number}"),
    "letter_day": ("Date", "Date"),
    "letter_reference": ("Our reference", "Notre référence"),
    "letter_to": ("To", "Destinataire"),
    "letter_dear": ("Dear {contact},", "Bonjour {contact},"),
    "letter_dear_all": ("Dear customer,", "Bonjour,"),
    "letter_subject_approved": (
        "Your application to pay monthly in arrears is approved",
        "Votre demande de facturation mensuelle à terme échu est acceptée",
    ),
    "letter_subject_conditions": (
        "Your application to pay monthly in arrears is approved on conditions",
        "Votre demande de facturation mensuelle à terme échu est acceptée sous conditions",
    ),
    "letter_subject_declined": (
        "Your application to pay monthly in arrears is not approved",
        "Votre demande de facturation mensuelle à terme échu n’est pas acceptée",
    ),
    "letter_subject_more": (
        "Your application to pay monthly in arrears: we need something more",
        "Votre demande de facturation mensuelle à terme échu : il nous manque des éléments",
    ),
    "letter_opens_approved": (
        "Thank you for your application of {day}. We are glad to agree to it on these terms:",
        "Merci de votre demande du {day}. Nous l’acceptons volontiers selon les modalités suivantes :",
    ),
    "letter_opens_conditions": (
        "Thank you for your application of {day}. We agree to it on these terms and on the conditions below:",
        "Merci de votre demande du {day}. Nous l’acceptons selon les modalités et sous les conditions ci-dessous :",
    ),
    "letter_opens_declined": (
        "Thank you for your application of {day}. We have looked at it with care and cannot agree to it at present.",
        "Merci de votre demande du {day}. Nous l’avons étudiée avec soin et ne pouvons pas l’accepter pour le moment.",
    ),
    "letter_opens_more": (
        "Thank you for your application of {day}. Before we decide, please tell us or send us the following:",
        "Merci de votre demande du {day}. Avant de décider, nous vous prions de nous indiquer ou de nous envoyer :",
    ),
    "letter_terms": ("Terms", "Modalités"),
    "letter_minimum": ("Monthly minimum, before tax", "Minimum mensuel, hors taxe"),
    "letter_limit": ("Credit limit", "Limite de crédit"),
    "letter_currency": ("Currency", "Devise"),
    "letter_term": ("Term", "Durée"),
    "letter_months": ("{months} months", "{months} mois"),
    "letter_invoices": ("Invoices", "Factures"),
    "letter_in_arrears": (
        "monthly in arrears, paid by bank transfer",
        "mensuelles à terme échu, payées par virement bancaire",
    ),
    "letter_conditions": ("Conditions", "Conditions"),
    "letter_holds_once": (
        "The approval holds once this is met:",
        "L’accord prend effet une fois remplies les conditions suivantes :",
    ),
    "letter_next": ("What happens next", "La suite"),
    "letter_contract": (
        "We send you the contract. The commitment starts on the day it names, and not before we have it back signed.",
        ("Nous vous envoyons le contrat. L’engagement commence au jour indiqué, et jamais avant réception du contrat "
        "signé."),
    ),
    "letter_credit": (
        ("Credit left on your account pays first for what you use. A balance below zero on the first day stands on the "
        "first monthly invoice and does not count towards the minimum."),
        ("Le crédit restant sur votre compte paie d’abord votre consommation. Un solde négatif au premier jour figure "
        "sur la première facture mensuelle et ne compte pas dans le minimum."),
    ),
    "letter_counts": (
        ("All use, number rental and fees count towards the minimum. What a month lacks of it is invoiced as well; the "
        "contract says whether each month or once at the end of the term."),
        ("Toute la consommation, la location de numéros et les frais comptent dans le minimum. Ce qui manque est "
        "facturé en complément ; le contrat précise si c’est chaque mois ou une seule fois à la fin de la durée."),
    ),
    "letter_recharge": (
        "Automatic recharges are off while you pay afterwards.",
        "Les recharges automatiques sont désactivées tant que votre compte est postpayé.",
    ),
    "letter_ends": (
        "At the end of the term your account is prepaid again, unless we renew the commitment together.",
        "À la fin de la durée, votre compte redevient prépayé, sauf si nous renouvelons l’engagement ensemble.",
    ),
    "letter_stays": (
        ("Nothing changes for your account: it stays prepaid, and your credit, your numbers and your services go on as "
        "before."),
        ("Rien ne change pour votre compte : il reste prépayé, et votre crédit, vos numéros et vos services continuent "
        "comme avant."),
    ),
    "letter_again": (
        "You are welcome to apply again at any time.",
        "Vous pouvez présenter une nouvelle demande à tout moment.",
    ),
    "letter_again_once": (
        "You are welcome to apply again once this is met:",
        "Vous pouvez présenter une nouvelle demande une fois remplies les conditions suivantes :",
    ),
    "letter_answer": (
        "Please answer to {email} and name application {number}. Until we have decided, your account stays prepaid.",
        ("Merci de répondre à {email} en indiquant la demande n° {number}. Jusqu’à notre décision, votre compte reste "
        "prépayé."),
    ),
    "letter_questions": (
        "If you have questions, write to {email}.",
        "Pour toute question, écrivez à {email}.",
    ),
    "letter_closing": ("Kind regards", "Cordialement"),
    "letter_signed": ("{name}, for {company}", "{name}, pour {company}"),
}  # fmt: skip
