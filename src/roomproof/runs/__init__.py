"""What runs: whom it asks and with what, what it tells meanwhile, which report comes of it. `roomproof.api`
is its front.
"""
