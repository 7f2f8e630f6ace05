"""One method answers one question that staff would ask; each is a pure function of a history as known on a day."""
