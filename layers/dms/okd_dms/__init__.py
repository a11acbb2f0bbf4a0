"""The document store of exam files: its domain, its AWS modules and its HTTP edge."""

from okd_dms import cold_start

cold_start.begin()
