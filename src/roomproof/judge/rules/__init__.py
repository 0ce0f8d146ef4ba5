"""One module a rule, named like it: everything about the rule stands in its `RULE`."""
