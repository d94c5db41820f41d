package almanac

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/locale"
)

// words are what pages and files say in one language.
type words struct {
	*locale.Locale
	Lang      string
	About     string // %s is the brand
	Kicker    string
	Calendar  string
	Skip      string
	Agenda    string
	Nothing   string
	Drafts    string
	DraftsWhy string
	Conflicts string
	Quiet     string // %s are hours, a reason and channels
	AllOf     string // of channels
	Empty     string // of a week; %s is a number of free slots
	Queued    string
	Back      string // %d is a round
	FreeSlot  string // %s is its name
	Missed    string // a slot that nobody took; %s is its name
	Off       string
	Estimate  string
	Campaign  string
	Zone      string // %s is a zone
	Footer    string // %s is a moment, then a zone
	Changed   string
	Until     string // %s is a time
	Kinds     map[Kind]string
	States    map[string]string // of posts, as status has them

	posts, slots, goal [2]string
	titles             map[string]string // of platforms that are no names
}

var languages = []words{{
	Lang:      "en",
	About:     "What %s publishes, and when",
	Kicker:    "Editorial calendar",
	Calendar:  "At a glance",
	Skip:      "Skip to the agenda",
	Agenda:    "Day by day",
	Nothing:   "Nothing is planned in these days.",
	Drafts:    "Without a time",
	DraftsWhy: "These posts wait for a date, or for a slot.",
	Conflicts: "What does not go together",
	Quiet:     "Nothing goes out between %s (%s; %s).",
	AllOf:     "all channels",
	Empty:     "No post goes out this week, and there is room: %s.",
	Queued:    "queued",
	Back:      "round %d",
	FreeSlot:  "Free slot: %s",
	Missed:    "Nobody took: %s",
	Off:       "public holiday",
	Estimate:  "may come to be another day",
	Campaign:  "Campaign",
	Zone:      "in %s",
	Footer:    "As of %s, times in %s.",
	Changed:   "changed",
	Until:     "until %s",
	Kinds:     map[Kind]string{OfPost: "Post", OfFree: "Free slot", OfObservance: "Day", OfEvent: "Event", OfBlackout: "Nothing goes out", OfCampaign: "Campaign"},
	States: map[string]string{"live": "published", "partly": "partly published", "waiting": "waiting", "due": "due now", "sending": "being sent", "unknown": "outcome unknown", "handed": "with a person",
		"failed": "failed", "refused": "refused", "retracted": "taken down", "gone": "gone", "ask": "to be decided", "hold": "held, not approved", "skip": "left out"},
	posts: [2]string{"%d post", "%d posts"},
	slots: [2]string{"%d free slot", "%d free slots"},
	goal:  [2]string{"%d post of %d", "%d posts of %d"},
}, {
	Lang:      "fr",
	About:     "Ce que %s publie, et quand",
	Kicker:    "Calendrier éditorial",
	Calendar:  "D’un coup d’œil",
	Skip:      "Aller à l’agenda",
	Agenda:    "Jour par jour",
	Nothing:   "Rien n’est prévu ces jours-là.",
	Drafts:    "Sans date",
	DraftsWhy: "Ces publications attendent une date, ou un créneau.",
	Conflicts: "Ce qui ne va pas ensemble",
	Quiet:     "Rien ne part entre %s (%s\u00a0; %s).",
	AllOf:     "tous les canaux",
	Empty:     "Aucune publication cette semaine, et il y a de la place\u00a0: %s.",
	Queued:    "en file",
	Back:      "%dᵉ passage",
	FreeSlot:  "Créneau libre\u00a0: %s",
	Missed:    "Resté vide\u00a0: %s",
	Off:       "jour férié",
	Estimate:  "date à confirmer",
	Campaign:  "Campagne",
	Zone:      "à %s",
	Footer:    "État du %s, heures de %s.",
	Changed:   "modifiée",
	Until:     "jusqu’à %s",
	Kinds:     map[Kind]string{OfPost: "Publication", OfFree: "Créneau libre", OfObservance: "Journée", OfEvent: "Événement", OfBlackout: "Rien ne part", OfCampaign: "Campagne"},
	States: map[string]string{"live": "publiée", "partly": "publiée en partie", "waiting": "en attente", "due": "à envoyer", "sending": "en cours d’envoi", "unknown": "issue inconnue", "handed": "chez quelqu’un",
		"failed": "échouée", "refused": "refusée", "retracted": "retirée", "gone": "disparue", "ask": "à décider", "hold": "retenue, non approuvée", "skip": "laissée de côté"},
	posts:  [2]string{"%d publication", "%d publications"},
	slots:  [2]string{"%d créneau libre", "%d créneaux libres"},
	titles: map[string]string{"Web site": "Site web"},
	goal:   [2]string{"%d publication sur %d", "%d publications sur %d"},
}}

// wordsOf is what is said in a language, a BCP 47 tag. Days and months have
// more languages than words do: a page is in one.
func wordsOf(lang string) *words {
	primary, _, _ := strings.Cut(strings.ToLower(lang), "-")
	w := languages[max(0, slices.IndexFunc(languages, func(l words) bool { return l.Lang == primary }))]
	w.Locale = locale.Of(w.Lang)
	return &w
}

// state is a post's in words; one that is not known stays as it is.
func (w *words) state(s string) string {
	if said := w.States[s]; said != "" {
		return said
	}
	return s
}

// observance is a day with what is to be said of it.
func (w *words) observance(name string, off, estimate bool) string {
	var notes []string
	if off {
		notes = append(notes, w.Off)
	}
	if estimate {
		notes = append(notes, w.Estimate)
	}
	if len(notes) > 0 {
		name += " (" + strings.Join(notes, ", ") + ")"
	}
	return name
}

// counted is how many posts a campaign has, and of how many.
func (w *words) counted(c *Campaign) string {
	if c.Goal == 0 {
		return w.Many(c.Posts, w.posts)
	}
	form := w.goal[1]
	if w.Many(c.Posts, [2]string{"one", "many"}) == "one" {
		form = w.goal[0]
	}
	return fmt.Sprintf(form, c.Posts, c.Goal)
}

// A weekday is the name of one, long and short.
type weekday struct{ Name, Short string }

// Weekdays are the columns of a week.
func (w *words) Weekdays() []weekday {
	var out []weekday
	for i := range 7 {
		n := time.Weekday((i + 1) % 7)
		out = append(out, weekday{w.Weekday(n), w.ShortWeekday(n)})
	}
	return out
}
