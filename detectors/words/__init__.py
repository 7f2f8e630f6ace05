"""Words: what a substance, a place or a quantity is called, and what a notice says about them."""
