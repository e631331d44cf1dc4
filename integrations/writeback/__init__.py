"""Write-back to helpdesks: `words` composes the texts, `carrier` delivers them from the outbox."""
