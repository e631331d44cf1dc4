"""What goes back to a helpdesk: `words` says what and in which words, `carrier` brings it there from the outbox."""
