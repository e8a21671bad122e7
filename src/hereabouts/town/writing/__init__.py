"""The files a council would bring, in the shapes their publishers use."""
