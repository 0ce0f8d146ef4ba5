"""The report: what a run, or what some recordings, say of providers, as frozen dataclasses.

Every view is made of it, and so is its JSON text. Its fields are those of the published schema,
reports/report.schema.json, which says what each of them means; how a field stands in JSON, and when it is
missing there, `roomproof.json_data` says.
"""
