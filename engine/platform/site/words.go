package site

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// words are what the pages say in one language, besides the posts.
type words struct {
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
	months    [12]string
}

var languages = []words{{
	Lang: "en", Skip: "Skip to content", Menu: "Site", Home: "Home", Archive: "Archive", All: "All posts",
	Tags: "Tags", Tag: "Tag", NoTags: "No tags yet.", More: "Read more", Published: "Published on %s", Changed: "Updated on %s",
	About: "More at", Feeds: "Follow:", Empty: "Nothing here yet.",
	months: [...]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
}, {
	Lang: "fr", Skip: "Aller au contenu", Menu: "Site", Home: "Accueil", Archive: "Archives", All: "Tous les billets",
	Tags: "Thèmes", Tag: "Thème", NoTags: "Pas encore de thème.", More: "Lire la suite", Published: "Publié le %s", Changed: "Mis à jour le %s",
	About: "En savoir plus :", Feeds: "Suivre :", Empty: "Rien ici pour l’instant.",
	months: [...]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"},
}, {
	Lang: "de", Skip: "Zum Inhalt springen", Menu: "Seite", Home: "Start", Archive: "Archiv", All: "Alle Beiträge",
	Tags: "Themen", Tag: "Thema", NoTags: "Noch keine Themen.", More: "Weiterlesen", Published: "Veröffentlicht am %s", Changed: "Aktualisiert am %s",
	About: "Mehr dazu:", Feeds: "Folgen:", Empty: "Noch nichts hier.",
	months: [...]string{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"},
}, {
	Lang: "es", Skip: "Saltar al contenido", Menu: "Sitio", Home: "Inicio", Archive: "Archivo", All: "Todas las entradas",
	Tags: "Temas", Tag: "Tema", NoTags: "Aún no hay temas.", More: "Leer más", Published: "Publicado el %s", Changed: "Actualizado el %s",
	About: "Más en", Feeds: "Seguir:", Empty: "Aún no hay nada aquí.",
	months: [...]string{"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"},
}}

// wordsOf is the words of a language, or English ones.
func wordsOf(lang string) *words {
	for i := range languages {
		if languages[i].Lang == primary(lang) {
			return &languages[i]
		}
	}
	return &languages[0]
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

// day is a date within a known year.
func (w *words) day(t time.Time) string {
	month := w.months[t.Month()-1]
	switch {
	case w.Lang == "fr" && t.Day() == 1:
		return "1er " + month
	case w.Lang == "de":
		return fmt.Sprintf("%d. %s", t.Day(), month)
	case w.Lang == "es":
		return fmt.Sprintf("%d de %s", t.Day(), month)
	}
	return fmt.Sprintf("%d %s", t.Day(), month)
}

// date is a day with its year.
func (w *words) date(t time.Time) string { return w.day(t) + w.of() + t.Format("2006") }

// month heads the posts of one.
func (w *words) month(t time.Time) string {
	name := w.months[t.Month()-1]
	first, n := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[n:] + w.of() + t.Format("2006")
}

func (w *words) of() string {
	if w.Lang == "es" {
		return " de "
	}
	return " "
}

// moment is a date with its time.
func (w *words) moment(t time.Time) string {
	switch {
	case w.Lang == "fr" && t.Minute() == 0: // French typography keeps the hour on one line
		return w.date(t) + " à " + t.Format("15")[hourZero(t):] + "\u00a0h"
	case w.Lang == "fr":
		return w.date(t) + " à " + t.Format("15")[hourZero(t):] + "\u00a0h\u00a0" + t.Format("04")
	case w.Lang == "de":
		return w.date(t) + ", " + t.Format("15:04") + " Uhr"
	}
	return w.date(t) + ", " + t.Format("15:04")
}

// hourZero is the number of zeros that an hour begins with.
func hourZero(t time.Time) int {
	if t.Hour() < 10 {
		return 1
	}
	return 0
}
