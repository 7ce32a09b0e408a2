"""The state in its folder.

`data_folder` makes its tables or refuses them, and opens it for the commands that look at it;
`snapshot` keeps the whole aside; `pieces` shares its files where several machines serve one.
"""
