"""The state in its folder.

`revisions` makes its tables or refuses them, `data_folder` opens it for the commands that look at
it, `snapshot` keeps the whole aside.
"""
