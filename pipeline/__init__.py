"""In what order things happen, and where they are kept. Imports features and models."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # read once, when OpenMP is loaded with LightGBM
# By default its threads wait for each other by counting, tens of thousands of times a training. Beside one other busy
# process each of them then waits for a whole time slice: a training of a minute took more than five.
