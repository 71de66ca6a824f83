probed: error: standard output: Bad file descriptor
