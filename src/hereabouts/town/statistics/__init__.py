"""How the town is counted: statistical areas, wards, postcodes, population and deprivation."""
