"""The gazetteer in the reader's words: sentences, facts and panels for pages."""
