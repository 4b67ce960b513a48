"""The documentation as HTML: a web site at ``/docs``, or the same pages in a folder."""
