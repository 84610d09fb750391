"""A fuzzer: real files and values, changed by chance, may lead to faults for the user and to nothing else."""
