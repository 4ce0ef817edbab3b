"""Recorded dialogues of the live channel, played against any server, or by a stand-in against any client.

The dialogues and their format are in docs/conformance; `python -m api.live.conformance --help` plays them.
"""
