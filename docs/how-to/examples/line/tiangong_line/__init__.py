"""An executor that keeps one line in a text file of the host, such as /etc/hosts."""
