"""The flow studio: the library of flows, the draft in a form, reviews, releases, and requests for new flows."""
