package site

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/imprimatur-ci/imprimatur/engine/locale"
)

// words are what the pages say in one language, besides the posts.
type words struct {
	*locale.Locale
	Lang      string // BCP 47
	Skip      string // of the link to the main part
	Menu      string
	Home      string
	Archive   string
	All       string // of the link to the archive below the newest posts
	Tags      string
	Tag       string
	NoTags    string
	More      string
	Published string // %s is a moment
	Changed   string // %s is a moment
	About     string // stands before the address of the page a post is about
	Feeds     string // stands before their names
	Empty     string
}

var languages = []words{{
	Lang: "en", Skip: "Skip to content", Menu: "Site", Home: "Home", Archive: "Archive", All: "All posts",
	Tags: "Tags", Tag: "Tag", NoTags: "No tags yet.", More: "Read more", Published: "Published on %s", Changed: "Updated on %s",
	About: "More at", Feeds: "Follow:", Empty: "Nothing here yet.",
}, {
	Lang: "fr", Skip: "Aller au contenu", Menu: "Site", Home: "Accueil", Archive: "Archives", All: "Tous les billets",
	Tags: "Thèmes", Tag: "Thème", NoTags: "Pas encore de thème.", More: "Lire la suite", Published: "Publié le %s", Changed: "Mis à jour le %s",
	About: "En savoir plus :", Feeds: "Suivre :", Empty: "Rien ici pour l’instant.",
}, {
	Lang: "de", Skip: "Zum Inhalt springen", Menu: "Seite", Home: "Start", Archive: "Archiv", All: "Alle Beiträge",
	Tags: "Themen", Tag: "Thema", NoTags: "Noch keine Themen.", More: "Weiterlesen", Published: "Veröffentlicht am %s", Changed: "Aktualisiert am %s",
	About: "Mehr dazu:", Feeds: "Folgen:", Empty: "Noch nichts hier.",
}, {
	Lang: "es", Skip: "Saltar al contenido", Menu: "Sitio", Home: "Inicio", Archive: "Archivo", All: "Todas las entradas",
	Tags: "Temas", Tag: "Tema", NoTags: "Aún no hay temas.", More: "Leer más", Published: "Publicado el %s", Changed: "Actualizado el %s",
	About: "Más en", Feeds: "Seguir:", Empty: "Aún no hay nada aquí.",
}}

// wordsOf is the words of a language, or English ones.
func wordsOf(lang string) *words {
	w := languages[max(0, slices.IndexFunc(languages, func(l words) bool { return l.Lang == primary(lang) }))]
	w.Locale = locale.Of(w.Lang)
	return &w
}

// primary is the language of a tag: fr of fr-CA.
func primary(lang string) string {
	first, _, _ := strings.Cut(lang, "-")
	return strings.ToLower(first)
}

// rightToLeft reports whether a language is written that way.
func rightToLeft(lang string) bool {
	subtags := strings.Split(strings.ToLower(lang), "-")
	if len(subtags) > 1 && len(subtags[1]) == 4 {
		return strings.Contains(" arab hebr thaa syrc nkoo adlm ", " "+subtags[1]+" ")
	}
	return strings.Contains(" ar arc ckb dv fa he iw ku nqo ps sd syr ug ur yi ", " "+subtags[0]+" ")
}

// month heads the posts of one.
func (w *words) month(t time.Time) string {
	name := w.MonthYear(t)
	first, n := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[n:]
}

// moment is a date with its time.
func (w *words) moment(t time.Time) string {
	switch {
	case w.Lang == "fr" && t.Minute() == 0: // French typography keeps the hour on one line
		return w.Date(t) + " à " + t.Format("15")[hourZero(t):] + "\u00a0h"
	case w.Lang == "fr":
		return w.Date(t) + " à " + t.Format("15")[hourZero(t):] + "\u00a0h\u00a0" + t.Format("04")
	case w.Lang == "de":
		return w.Date(t) + ", " + t.Format("15:04") + " Uhr"
	}
	return w.Date(t) + ", " + t.Format("15:04")
}

// hourZero is the number of zeros that an hour begins with.
func hourZero(t time.Time) int {
	if t.Hour() < 10 {
		return 1
	}
	return 0
}
