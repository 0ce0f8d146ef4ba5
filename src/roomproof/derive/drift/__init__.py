"""What a client would notice of a change from one version of a specification to the next."""
