"""The side-by-side benchmark: every engine indexes the same articles and answers the same queries.

Run it with ``python -m bench --docs FOLDER_OR_JSONL --queries FILE``.
"""
