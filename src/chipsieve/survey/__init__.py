"""What do thousands of repositories say? A survey: each scanned once, on Dask, into one Parquet data set."""
