"""Who may see and do what: every viewer against every question, compared with an oracle of one page
that knows nothing of the server but the rules."""
