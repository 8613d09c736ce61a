"""E-mail to customers: letters in two languages, an outbox written with what they are about, and its sending."""
