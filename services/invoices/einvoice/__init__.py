"""The invoice as a file that the buyer's program reads: EN 16931 as CII and UBL, Factur-X, and PINT A-NZ."""
