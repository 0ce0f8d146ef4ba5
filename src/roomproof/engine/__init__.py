"""The engine: plans the cases of a run, sends them, has the responses judged, tells what happens, and puts
back what was found. It knows no vendor.
"""
