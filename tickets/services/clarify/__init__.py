"""What a flow lacks is asked of the customer: `draft` words it, `asking` sends it after a person's yes or by policy,
`answers` takes what he says onto the ticket, `ending` stops the waiting."""
