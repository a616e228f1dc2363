"""``python -m searcher`` is the console command ``searcher``."""

import sys

from searcher.cli import main

sys.exit(main())
