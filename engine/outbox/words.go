package outbox

import (
	"slices"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/locale"
)

// words are what the page says in one language.
type words struct {
	*locale.Locale
	Lang   string
	Title  string
	Lead   string
	Tasks  map[task]string
	Open   string // %s is a platform
	Browse string // where there is no address to open
	Live   string
	Video  string
	Inline string
	Reply  string
	Part   string // %d of %d
	Text   string
	Fields map[string]string
	Alt    string
	NoAlt  string
	Save   string // %s is a file
	TooBig string // %s is a file
	Poll   string // %s is a length of time
	One    string
	Many   string
	Shown  map[string]string // visibilities
	Done   string
	Copy   string
	Copied string
	CopyIt string // of the button, for who does not see what it is beside; %s is what
	Manual string

	count [2]string // one, many
}

// languages are the words of each language the page speaks, the first of them
// for everybody else.
var languages = []words{{
	Lang:   "en",
	Title:  "To publish by hand",
	Lead:   "Imprimatur cannot publish these itself. Everything is ready to paste.",
	Tasks:  map[task]string{publish: "Publish on", edit: "Change what is live on", remove: "Take down from"},
	Open:   "Open %s",
	Browse: "Open %s where you use it",
	Live:   "It is live here:",
	Video:  "Add the video: Imprimatur does not handle video yet.",
	Inline: "The text names each picture where it goes: upload it there.",
	Reply:  "Post each part as a reply to the one before.",
	Part:   "Part %d of %d",
	Text:   "Text",
	Fields: map[string]string{"title": "Title", "summary": "Summary", "tags": "Tags", "link": "Link", "warning": "Content warning"},
	Alt:    "Alternative text",
	NoAlt:  "No alternative text: it is only decoration.",
	Save:   "Save %s",
	TooBig: "Too long to show here: open %s",
	Poll:   "Poll, open for %s",
	One:    "one answer",
	Many:   "several answers",
	Shown:  map[string]string{"unlisted": "Make it unlisted.", "private": "Make it private."},
	Done:   "When it is done, say so:",
	Copy:   "Copy",
	Copied: "Copied",
	CopyIt: "Copy: %s",
	Manual: "Press Ctrl+C or ⌘C",
	count:  [2]string{"%d thing to do", "%d things to do"},
}, {
	Lang:   "fr",
	Title:  "À publier à la main",
	Lead:   "Imprimatur ne peut pas les publier lui-même. Tout est prêt à coller.",
	Tasks:  map[task]string{publish: "Publier sur", edit: "Modifier ce qui est en ligne sur", remove: "Retirer de"},
	Open:   "Ouvrir %s",
	Browse: "Ouvrir %s là où vous l’utilisez",
	Live:   "C’est en ligne ici\u00a0:",
	Video:  "Ajoutez la vidéo\u00a0: Imprimatur ne gère pas encore les vidéos.",
	Inline: "Le texte nomme chaque image à sa place\u00a0: téléversez-la là.",
	Reply:  "Publiez chaque partie en réponse à la précédente.",
	Part:   "Partie %d sur %d",
	Text:   "Texte",
	Fields: map[string]string{"title": "Titre", "summary": "Résumé", "tags": "Thèmes", "link": "Lien", "warning": "Avertissement"},
	Alt:    "Texte alternatif",
	NoAlt:  "Sans texte alternatif\u00a0: elle est purement décorative.",
	Save:   "Enregistrer %s",
	TooBig: "Trop long pour être montré ici\u00a0: ouvrez %s",
	Poll:   "Sondage, ouvert %s",
	One:    "une seule réponse",
	Many:   "plusieurs réponses",
	Shown:  map[string]string{"unlisted": "Rendez-la non listée.", "private": "Rendez-la privée."},
	Done:   "Quand c’est fait, dites-le\u00a0:",
	Copy:   "Copier",
	Copied: "Copié",
	CopyIt: "Copier\u00a0: %s",
	Manual: "Appuyez sur Ctrl+C ou ⌘C",
	count:  [2]string{"%d chose à faire", "%d choses à faire"},
}}

// wordsOf is what the page says in a language, a BCP 47 tag.
func wordsOf(lang string) *words {
	primary, _, _ := strings.Cut(strings.ToLower(lang), "-")
	w := languages[max(0, slices.IndexFunc(languages, func(l words) bool { return l.Lang == primary }))]
	w.Locale = locale.Of(w.Lang)
	return &w
}

// Count is how much there is to do.
func (w *words) Count(n int) string { return w.Locale.Many(n, w.count) }
