"""Which substances and places somebody means by their words."""
