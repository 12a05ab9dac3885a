"""What is known to be the same although it is written differently: one file each, nothing else keeps a list.

A rule has `ASPECTS`, the words of a finding's kind that it is asked about, and `explains(pair) -> bool`. Its docstring
gives the reason, an example under `Same:` and a near miss under `Not the same:`.
"""
