"""The draw (抽取): equal chance under every constraint, from a committed seed, with a certificate."""
