"""The domain without SQL, XML or HTTP: the values of SGE's fields, their labels, days, delays."""
