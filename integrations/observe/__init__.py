"""What monitoring reads: `/metrics` in Prometheus' text format, from the database: any web process can answer."""
