"""What SGE knows before anybody calls: points, clients, actors, and the words for them."""
