"""What people do in their own clone: edit, stamp, sign, commit, publish, promote, accept."""
