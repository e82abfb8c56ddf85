"""A recording as a page on which the reader is the scheduler, and without scripts as a picture.

recording  a recording as it was written, read and refused
order      one order of a recording, as a story: the one that is shown where no script runs
fallback   that story as a picture and as a list, the same words in both
page       the element that becomes a stepper, its scripts, and a page that stands by itself

`static/` has the scripts, without a build step, and the style: classic scripts, because a page that
is opened from a disk loads no modules.
"""

from racewalk.stepper.page import page as page_of

__all__ = ["page_of"]
