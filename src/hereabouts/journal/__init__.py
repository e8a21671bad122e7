"""The append-only record of what happened: written in the transaction of the change itself."""
