"""What do the words of a script say as far as constants go? Values with the places where they were written."""
