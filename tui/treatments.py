"""What treatments are called on screens."""

from __future__ import annotations

from corpora.info import Treatment

TREATMENTS = {
    Treatment.LOWER: "lower case",
    Treatment.COLLAPSE: "collapse white space",
    Treatment.ASCII: "fold to ASCII",
}
