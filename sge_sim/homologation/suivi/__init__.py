"""The tracking workbook that Enedis sent the actor: read, made into cases, filled in."""
