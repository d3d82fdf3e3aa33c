"""Many runs, one shape: ensembles, comparisons and what is built on them."""
