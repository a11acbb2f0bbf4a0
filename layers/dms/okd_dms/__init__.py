"""The document store of exam files: its domain, its two AWS modules and its HTTP edge."""
