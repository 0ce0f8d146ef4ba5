"""From a provider's documents to what its contract rests on: statements, their claims, drafts."""
