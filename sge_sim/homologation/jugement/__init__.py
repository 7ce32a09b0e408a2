"""What an answer must be by the contract, the guides and the catalogue, whoever gives it."""
