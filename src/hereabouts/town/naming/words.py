"""The stock of words that street, place and town names are made from."""

from __future__ import annotations

TOWNS = (
    "Tolverham", "Quillbourne", "Averstoke", "Pellowick", "Merrowbridge", "Hathermarsh",
    "Orlingford", "Dunsterwick", "Fenmarket", "Sallowbridge", "Ketterwell", "Ansterbourne",
)  # fmt: skip

RIVERS = ("River Sallow", "River Tarrow", "River Quern", "River Merrow", "River Ossle")

TREES = (
    "Acacia", "Alder", "Almond", "Ash", "Aspen", "Beech", "Birch", "Blackthorn", "Cedar",
    "Cherry", "Chestnut", "Cypress", "Elder", "Elm", "Fir", "Hawthorn", "Hazel", "Holly",
    "Hornbeam", "Ivy", "Juniper", "Laburnum", "Larch", "Laurel", "Lilac", "Lime", "Linden",
    "Magnolia", "Maple", "Medlar", "Mulberry", "Myrtle", "Oak", "Olive", "Osier", "Pear", "Pine",
    "Plane", "Poplar", "Privet", "Quince", "Redwood", "Rosewood", "Rowan", "Sallow", "Spindle",
    "Sycamore", "Tamarisk", "Thorn", "Viburnum", "Walnut", "Whitebeam", "Willow", "Yew",
)  # fmt: skip

FLOWERS = (
    "Aster", "Bluebell", "Bramble", "Briar", "Broom", "Bryony", "Buttercup", "Campion",
    "Celandine", "Clematis", "Clover", "Coltsfoot", "Columbine", "Cornflower", "Cowslip",
    "Crocus", "Daffodil", "Daisy", "Fern", "Fescue", "Foxglove", "Gorse", "Harebell", "Heather",
    "Iris", "Jasmine", "Kingcup", "Larkspur", "Lavender", "Lupin", "Mallow", "Marigold",
    "Meadowsweet", "Orchid", "Oxlip", "Pimpernel", "Poppy", "Primrose", "Ragwort", "Rosemary",
    "Rush", "Saffron", "Sedge", "Snowdrop", "Sorrel", "Speedwell", "Tansy", "Teasel", "Thistle",
    "Thyme", "Valerian", "Vetch", "Violet", "Woodruff", "Yarrow",
)  # fmt: skip

BIRDS = (
    "Avocet", "Bittern", "Blackbird", "Bullfinch", "Bunting", "Buzzard", "Chaffinch", "Coot",
    "Cormorant", "Curlew", "Dipper", "Dunlin", "Dunnock", "Falcon", "Fieldfare", "Goldcrest",
    "Goldfinch", "Grebe", "Greenfinch", "Harrier", "Heron", "Hobby", "Jay", "Kestrel",
    "Kingfisher", "Kite", "Lapwing", "Linnet", "Magpie", "Mallard", "Martin", "Merlin", "Moorhen",
    "Nightingale", "Nuthatch", "Osprey", "Ouzel", "Partridge", "Peregrine", "Pintail", "Pipit",
    "Plover", "Quail", "Redshank", "Redstart", "Redwing", "Robin", "Sandpiper", "Shelduck",
    "Siskin", "Skylark", "Snipe", "Starling", "Stonechat", "Swallow", "Swan", "Swift", "Teal",
    "Tern", "Thrush", "Turnstone", "Wagtail", "Warbler", "Waxwing", "Whimbrel", "Whinchat",
    "Widgeon", "Woodcock", "Woodlark", "Wren",
)  # fmt: skip

WRITERS = (
    "Addison", "Arnold", "Auden", "Austen", "Barrie", "Blake", "Boswell", "Brontë", "Browning",
    "Bunyan", "Burns", "Byron", "Chaucer", "Clare", "Coleridge", "Collins", "Congreve", "Conrad",
    "Cowley", "Cowper", "Crabbe", "Defoe", "Dickens", "Donne", "Dryden", "Eliot", "Fielding",
    "Gaskell", "Gissing", "Goldsmith", "Gray", "Hardy", "Hazlitt", "Herbert", "Herrick",
    "Hopkins", "Housman", "Johnson", "Jonson", "Keats", "Kingsley", "Kipling", "Lamb", "Lovelace",
    "Marlowe", "Marvell", "Masefield", "Meredith", "Milton", "Pepys", "Pope", "Priestley",
    "Richardson", "Rossetti", "Ruskin", "Shelley", "Sheridan", "Sidney", "Smollett", "Southey",
    "Spenser", "Sterne", "Stevenson", "Swinburne", "Tennyson", "Thackeray", "Trollope", "Vaughan",
    "Waller", "Walton", "Wordsworth", "Wyatt",
)  # fmt: skip

MAKERS = (
    "Arkwright", "Babbage", "Boulton", "Boyle", "Brindley", "Brunel", "Cavendish", "Caxton",
    "Cayley", "Crompton", "Dalton", "Darby", "Davy", "Faraday", "Halley", "Hargreaves",
    "Harrison", "Herschel", "Hooke", "Joule", "Kelvin", "Lister", "Locke", "Maudslay", "Maxwell",
    "Newcomen", "Paxton", "Rennie", "Rutherford", "Smeaton", "Stephenson", "Swan", "Telford",
    "Trevithick", "Turing", "Watt", "Wedgwood", "Wheatstone", "Whitworth", "Wren",
)  # fmt: skip

FORENAMES = (
    "Adelaide", "Agnes", "Albert", "Alexandra", "Alfred", "Alice", "Alma", "Amelia", "Amy",
    "Arthur", "Augusta", "Beatrice", "Bertha", "Caroline", "Cecil", "Charles", "Charlotte",
    "Clara", "Clarence", "Clifford", "Constance", "Cyril", "Edgar", "Edith", "Edmund", "Edward",
    "Edwin", "Eleanor", "Eliza", "Ellen", "Emily", "Ernest", "Ethel", "Eva", "Florence",
    "Francis", "Frederick", "George", "Gertrude", "Gladys", "Grace", "Harold", "Harriet",
    "Helena", "Henry", "Herbert", "Hilda", "Horace", "Hubert", "Isabel", "James", "John", "Julia",
    "Leonard", "Leopold", "Lilian", "Louisa", "Mabel", "Mary", "Matilda", "Maud", "May",
    "Mildred", "Minnie", "Nellie", "Oliver", "Olive", "Oscar", "Percy", "Philip", "Ralph",
    "Reginald", "Robert", "Rosa", "Rupert", "Sidney", "Stanley", "Stephen", "Sybil", "Thomas",
    "Victor", "Victoria", "Walter", "Wilfred", "William", "Winifred",
)  # fmt: skip

WORTHIES = (
    "Allenby", "Ashworth", "Bainbridge", "Balfour", "Baxter", "Beaumont", "Blandford",
    "Bolingbroke", "Bridgeman", "Brooke", "Brunswick", "Burdett", "Cambridge", "Canning",
    "Carlton", "Cavour", "Chandos", "Clarendon", "Cobden", "Cornwallis", "Cranborne",
    "Cumberland", "Dartmouth", "Derby", "Devonshire", "Dudley", "Dundas", "Durham", "Egerton",
    "Effingham", "Fawcett", "Fitzroy", "Gladstone", "Granville", "Grenville", "Grosvenor",
    "Halifax", "Hanover", "Harcourt", "Hartington", "Howard", "Kimberley", "Lansdowne",
    "Lonsdale", "Melbourne", "Montague", "Mornington", "Morley", "Norfolk", "Northbrook",
    "Palmerston", "Peel", "Pelham", "Percival", "Portland", "Ranelagh", "Ripon", "Rochester",
    "Rosebery", "Rutland", "Salisbury", "Seymour", "Shaftesbury", "Somerset", "Spencer",
    "Stafford", "Suffolk", "Sussex", "Talbot", "Wellesley", "Westbourne", "Wilberforce", "Wilton",
    "Windsor", "Worcester", "Wyndham", "York",
)  # fmt: skip

OLD_PLACES = (
    "Abbey", "Almshouse", "Barn", "Beacon", "Bell", "Blacksmith", "Bowling Green", "Brewery",
    "Bull", "Butcher", "Butter", "Canal", "Castle", "Cattle", "Chantry", "Chapel", "Church",
    "Cloister", "Cock", "College", "Cooper", "Corn", "Cross", "Crown", "Cutler", "Deanery",
    "Draper", "Dyer", "Exchange", "Fish", "Fuller", "George", "Glover", "Grange", "Greyfriars",
    "Guildhall", "Hay", "Hatter", "Horn", "Kiln", "Kings", "Leather", "Malt", "Mercer", "Mill",
    "Mint", "Minster", "New", "Old Gaol", "Orchard", "Pepper", "Pound", "Priory", "Quay", "Queen",
    "Rope", "Saddler", "Salt", "Sheep", "Silver", "Spicer", "Stable", "Swan", "Tanner", "Temple",
    "Thatcher", "Tower", "Turner", "Vicarage", "Wall", "Water", "Weaver", "Well", "Wharf",
    "White", "Wheelwright", "Whitefriars", "Wool",
)  # fmt: skip

FIELDS = (
    "Ashfield", "Barleyfield", "Bankside", "Beanfield", "Bracken", "Bridleway", "Brookside",
    "Broadacre", "Burdock", "Calves Close", "Chalkpit", "Cherrytree", "Clayfield", "Coppice",
    "Cornfield", "Cowleaze", "Crofters", "Culverhay", "Dovecote", "Drovers", "Fallow", "Farthing",
    "Fiveacre", "Flaxfield", "Foldyard", "Foxhill", "Furlong", "Furzefield", "Glebe", "Gooseacre",
    "Gorseland", "Greenway", "Hallfield", "Haywain", "Headland", "Hedgerow", "Highfield",
    "Hollow", "Homestead", "Hopfield", "Hurdle", "Kilnfield", "Lambing", "Leasowe", "Linfield",
    "Longacre", "Longmead", "Lynchet", "Marlpit", "Meadow", "Millfield", "Moorfield",
    "Northfield", "Oatfield", "Orchard", "Oxleaze", "Paddock", "Parkfield", "Pasture",
    "Ploughman", "Quarry", "Ridgeway", "Rookery", "Ryefield", "Sandpit", "Sheepfold", "Shepherd",
    "Sixacre", "Southfield", "Spinney", "Springfield", "Stackyard", "Stonefield", "Stubble",
    "Summerfield", "Swathe", "Tenacre", "Threshing", "Tithe Barn", "Upland", "Wainwright",
    "Warren", "Waterleaze", "Westfield", "Wheatfield", "Whitefield", "Winnow", "Woodside",
    "Yeoman",
)  # fmt: skip

PLACE_STARTS = (
    "Ald", "Ansk", "Arl", "Ask", "Bald", "Bel", "Blax", "Bray", "Brock", "Buck", "Cald", "Carl",
    "Chol", "Cran", "Crook", "Dal", "Dray", "Dun", "Eck", "Ell", "Elm", "Fallow", "Fen", "Fal",
    "Gar", "Gild", "Graf", "Grim", "Hale", "Har", "Hax", "Hesk", "Hol", "Ing", "Kel", "Kirk",
    "Lang", "Lax", "Led", "Lin", "Mal", "Marl", "Mel", "Mid", "Nor", "Oak", "Oss", "Pel", "Pen",
    "Quar", "Rad", "Rams", "Rav", "Ros", "Sax", "Sel", "Shel", "Skel", "Stan", "Swin", "Tad",
    "Tel", "Thorn", "Ulls", "Wal", "War", "Wel", "Whit", "Win", "Wool", "Wrax", "Yel",
)  # fmt: skip

PLACE_ENDS = (
    "bourne", "bridge", "brook", "by", "combe", "cote", "croft", "dale", "den", "don", "field",
    "fold", "ford", "garth", "grave", "ham", "hampton", "holme", "hurst", "ingham", "ington",
    "leigh", "ley", "low", "mere", "minster", "more", "ney", "oak", "over", "ridge", "shaw",
    "stead", "stock", "stone", "thorpe", "thwaite", "ton", "wade", "wardine", "well", "wick",
    "worth",
)  # fmt: skip

VILLAGES = (
    "Nether Pellow", "Upper Pellow", "Hobble Ansty", "Cold Tarrow", "Marl Fennick", "Great Orrel",
    "Little Orrel", "Sallow End", "Tarrowby Green", "Quern Hatch", "Wether Aske", "Long Ditherby",
    "Stoke Merrow", "Fallow St Ebb", "Kettle Drove", "Ash Mundy", "Ravel Cross", "Thistle Carr",
)  # fmt: skip

QUARTERS = (
    "Market", "Priory", "Castle", "Abbey", "Northgate", "Eastgate", "Westgate", "Southgate",
    "Riverside", "Bridge End", "Station", "Minster", "St Aldric's", "St Osyth's", "Orchard",
    "Kiln Hill", "Beacon Hill", "Windmill", "Warren", "Larkfield", "Millfields", "Broadmead",
    "Highfields", "Longacre", "Sandpits", "Foxholes", "Rookery", "Woodlands", "Brookside",
    "Oakhanger", "Elmfield", "Ashgrove", "Willow Vale", "Meadow Bank", "Pound Hill", "Ropewalk",
    "Tannery", "Ferry", "Quarry Bank", "Weavers", "Saltersgate", "Cornhill", "Hatherfield",
    "Fuller's Marsh", "Cuckoo Hill", "Drovers", "Limekilns", "Starling Bank", "Blacklands",
    "Whitelands", "Summerleaze", "Winterbank", "Heronsgate", "Swanpool", "Otterbank", "Ravenhill",
    "Kestrel Park", "Partridge Green", "Thornhill", "Gorse Common", "Heathside", "Coppice Hill",
    "Hazel Bank", "Rowan Park", "Linden", "Palmerston", "Alexandra", "Victoria", "Albert",
    "Clarence", "Wellesley", "Granville", "Grosvenor", "Lansdowne", "Rosebery", "Gladstone",
)  # fmt: skip
