"""Live push: every event of the log reaches whoever may see it, in order, with no silent hole.

`Live` (in `api.live.service`) is what an app mounts: its router, its start and stop, its bell.
"""
