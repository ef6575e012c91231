"""From contours to the two regions compared: the recurrent part of the tumour and the rest.

And whether the recurrence lies in the high-dose volume. Comes in: masks on the planning grid. Goes
out: masks, volumes, shares.
"""
