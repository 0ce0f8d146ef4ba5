"""Ways to authenticate of single vendors, each offered at the entry point `roomproof.auth`."""
