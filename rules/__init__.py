"""What a key is: the catalogue, its checksums and decoders, and the offline classification. Imports nothing of ours."""
