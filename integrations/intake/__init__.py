"""How tickets come in: `deliveries` keeps calls and pokes, `reading` reads what is due, `applying` carries it over to
our ticket, `files` loads attachments, `polling` asks what changed."""
