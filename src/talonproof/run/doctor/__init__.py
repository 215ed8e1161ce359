"""What can be learned of a target before anything is judged, by reads and dry calls alone."""
