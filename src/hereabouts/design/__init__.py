"""Page components bound to forms and templates; knows no other room."""
