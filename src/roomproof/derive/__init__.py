"""What is made from documents: specifications and statements, drafts of contracts, and what changed."""
