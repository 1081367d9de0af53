"""What the race over HTTP needs: databases of its own, servers of several processes, callers, a judge."""
