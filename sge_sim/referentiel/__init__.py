"""Points, clients and actors, known to SGE before anybody calls, and the words for them."""
