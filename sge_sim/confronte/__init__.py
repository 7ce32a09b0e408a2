"""What the real platform answered, beside what the simulator answers: no value of it leaves."""
