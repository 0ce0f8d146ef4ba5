"""Listening: exchanges that somebody else's program makes, or plays from a cassette, are judged as they
happen.

`stream` judges what is heard; `clients` and the modules named like a client hear it there, the modules named
vcr_ at the cassettes of vcrpy; `judging` is what a program uses, and the pytest plugin listens to a test with
the same parts.
"""
