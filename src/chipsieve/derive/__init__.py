"""What does a launch's evidence amount to?"""
