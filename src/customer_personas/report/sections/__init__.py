"""The parts of the story, a module each: from facts to exhibits."""
