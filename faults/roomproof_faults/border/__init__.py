"""What stands at a mock's HTTP border: requests on their way in, responses on their way out, and what was
said of each room.
"""
