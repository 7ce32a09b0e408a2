"""How likely the curves are: populations of points, judged by targets."""
