"""Authentication: how a request proves who sends it, a module for each way.

`scheme` says what a way has to offer; `registry` finds it by the name that `x-credentials.scheme` has for it.
"""
