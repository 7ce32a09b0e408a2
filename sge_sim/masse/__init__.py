"""Files of many points over many days, without an order: `sge-sim flux masse`.

`parties` cuts the work and makes each part, by the processes of `sge_sim.flux.parallele` or by a
Dask cluster (`grappe`); `parquet` gives the values as a table; `command` is the command.
"""
