package report

import (
	"slices"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/locale"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

// reviewWords are what the editor's page says in one language.
type reviewWords struct {
	*locale.Locale
	Lang      string
	Title     string // %s is the brand
	Lead      string // %s posts on %s channels
	First     string // %s is a moment
	None      string
	Refused   string // %s is why
	Frozen    string // %s is why
	Settings  string // %s is a list of files
	When      string
	Post      string
	Where     string
	What      string
	Kinds     map[ChangeKind]string
	Moved     string // %s is a moment
	Draft     string
	Approvals string
	Asked     string // %s is who is asked
	NoneAsked string
	Approved  string // %s is who approved
	Problems  string
	Posts     string
	Part      string // %d of %d
	Of        string // %d of %d
	Heading   string
	Summary   string
	Warning   string
	Link      string
	Poll      string // %s is a length of time
	Tags      string
	Alt       string
	NoAlt     string
	Visible   map[string]string
	Week      string // %s is a span of days
	Column    string // of the days
	FreeSlot  string // %s is its name
	Dark      string // %s is why nothing goes out
	Holiday   string // %s is its name
	Footer    string // %s is a zone
	Left      string
	LeftAt    string // %s is an address

	colon                         string
	posts, channels, more, older  [2]string
	bytes, characters, utf16Units string
}

var reviewLanguages = []reviewWords{{
	Lang:       "en",
	Title:      "%s: what this change would do",
	Lead:       "%s on %s.",
	First:      "The first goes out on %s.",
	None:       "No post changes.",
	Refused:    "Once merged, a publish would do nothing at all: %s",
	Frozen:     "Everything is frozen at present: %s",
	Settings:   "It also changes %s, which may bear on every post.",
	When:       "When",
	Post:       "Post",
	Where:      "Where",
	What:       "What",
	Kinds:      map[ChangeKind]string{ChangeNew: "new", ChangeText: "changed", ChangeTime: "another time", ChangeRetracted: "taken down", ChangeGone: "no longer sent there"},
	Moved:      "moved, was %s",
	Draft:      "draft, without a time",
	Approvals:  "Approvals",
	Asked:      "Asked for: %s.",
	NoneAsked:  "Nobody has to approve anything here (`review: none`).",
	Approved:   "approved by %s",
	Problems:   "To look at before the merge",
	Posts:      "The posts, as they will read",
	Part:       "part %d of %d",
	Of:         "%d of %d",
	Heading:    "Title",
	Summary:    "Summary",
	Warning:    "Content warning",
	Link:       "Link",
	Poll:       "Poll, open for %s",
	Tags:       "Tags",
	Alt:        "Alternative text",
	NoAlt:      "No alternative text.",
	Visible:    map[string]string{"unlisted": "unlisted", "private": "followers only"},
	Week:       "The calendar, %s",
	Column:     "Day",
	FreeSlot:   "free slot: %s",
	Dark:       "nothing goes out: %s",
	Holiday:    "%s (public holiday)",
	Footer:     "Times in %s. Nothing is published by this page: that happens after the merge.",
	Left:       "*The rest does not fit here.*",
	LeftAt:     "*The rest does not fit here: [all of it](%s).*",
	colon:      ": ",
	posts:      [2]string{"%d post", "%d posts"},
	channels:   [2]string{"%d channel", "%d channels"},
	more:       [2]string{"and one more", "and %d more"},
	older:      [2]string{"One problem more was there before.", "%d problems more were there before."},
	bytes:      "bytes",
	characters: "characters",
	utf16Units: "UTF-16 units",
}, {
	Lang:       "fr",
	Title:      "%s\u00a0: ce que cette modification ferait",
	Lead:       "%s sur %s.",
	First:      "La première part le %s.",
	None:       "Aucune publication ne change.",
	Refused:    "Une fois fusionnée, rien du tout ne partirait\u00a0: %s",
	Frozen:     "Tout est gelé pour le moment\u00a0: %s",
	Settings:   "Elle change aussi %s, ce qui peut toucher toutes les publications.",
	When:       "Quand",
	Post:       "Publication",
	Where:      "Où",
	What:       "Quoi",
	Kinds:      map[ChangeKind]string{ChangeNew: "nouvelle", ChangeText: "modifiée", ChangeTime: "autre heure", ChangeRetracted: "retirée", ChangeGone: "n’y est plus envoyée"},
	Moved:      "déplacée, c’était %s",
	Draft:      "brouillon, sans heure",
	Approvals:  "Approbations",
	Asked:      "Demandé\u00a0: %s.",
	NoneAsked:  "Ici, personne n’a besoin d’approuver quoi que ce soit (`review: none`).",
	Approved:   "approuvée par %s",
	Problems:   "À regarder avant de fusionner",
	Posts:      "Les publications, telles qu’on les lira",
	Part:       "partie %d sur %d",
	Of:         "%d sur %d",
	Heading:    "Titre",
	Summary:    "Résumé",
	Warning:    "Avertissement",
	Link:       "Lien",
	Poll:       "Sondage, ouvert %s",
	Tags:       "Thèmes",
	Alt:        "Texte alternatif",
	NoAlt:      "Sans texte alternatif.",
	Visible:    map[string]string{"unlisted": "non listée", "private": "abonnés seulement"},
	Week:       "Le calendrier, %s",
	Column:     "Jour",
	FreeSlot:   "créneau libre\u00a0: %s",
	Dark:       "rien ne part\u00a0: %s",
	Holiday:    "%s (jour férié)",
	Footer:     "Heures de %s. Cette page ne publie rien\u00a0: tout part après la fusion.",
	Left:       "*Le reste ne tient pas ici.*",
	LeftAt:     "*Le reste ne tient pas ici\u00a0: [tout est là](%s).*",
	colon:      "\u00a0: ",
	posts:      [2]string{"%d publication", "%d publications"},
	channels:   [2]string{"%d canal", "%d canaux"},
	more:       [2]string{"et une autre", "et %d autres"},
	older:      [2]string{"Un autre problème était déjà là.", "%d autres problèmes étaient déjà là."},
	bytes:      "octets",
	characters: "caractères",
	utf16Units: "unités UTF-16",
}}

// reviewWordsOf is what the page says in a language, a BCP 47 tag.
func reviewWordsOf(lang string) *reviewWords {
	primary, _, _ := strings.Cut(strings.ToLower(lang), "-")
	w := reviewLanguages[max(0, slices.IndexFunc(reviewLanguages, func(l reviewWords) bool { return l.Lang == primary }))]
	w.Locale = locale.Of(w.Lang)
	return &w
}

func (w *reviewWords) unit(u text.Unit) string {
	switch u {
	case text.Bytes:
		return w.bytes
	case text.UTF16:
		return w.utf16Units
	}
	return w.characters
}
