package moderate

import (
	"slices"
	"strings"
	"unicode"
)

// small are words that hold sentences together, and that the other languages
// here do not have. Two of one language and none of another tell a language;
// anything less does not.
var small = map[string][]string{
	"en": strings.Fields("the and are was were is am be been you your yours they them their there this that these those what which who why how with from have has had will would should could not don't doesn't didn't isn't aren't can't won't i'm you're it's he's she's we're of my his her him our us just because about every all should want think know people much too any some does did never only really going love best good even then more most than into"),
	"fr": strings.Fields("le les des du et est sont était vous nous ils elles ce cette ces cet qui quoi dans avec pour sur pas je il elle c'est j'ai n'est n'ai qu'il qu'on d'un d'une l'on mais où très être avoir ai avez ont faire votre vos notre nos leur leurs ça trop bien tous toute toutes quand comme aussi merci bonjour une au aux moi toi tes mon ma mes suis veux veut peut peux vais jamais rien ici sans même encore chez donc alors pourquoi quelqu'un toujours beaucoup depuis cela ceux celui trouve faut dire"),
	"de": strings.Fields("der das und ist sind ich nicht ein eine einen mit auf für von dem wir ihr sie auch aber oder wie wenn dass sich noch nur schon sehr haben bin bist habe kein keine uns mich dich gibt"),
	"es": strings.Fields("el los las es está están una por para pero como más muy yo tú usted ustedes nosotros esta estos eso qué cuando porque hay su sus gracias todos eres tiene hola siempre nada aquí mejor"),
	"it": strings.Fields("il gli della delle degli che con ma più anche questo questa quello lui noi voi loro perché molto nel nella grazie tutto tutti però adesso sempre niente cosa"),
}

// tells are the small words that only one language has.
var tells = func() map[string]string {
	m, shared := map[string]string{}, map[string]bool{}
	for lang, words := range small {
		for _, w := range words {
			if other, known := m[w]; known && other != lang {
				shared[w] = true
			}
			m[w] = lang
		}
	}
	for w := range shared {
		delete(m, w)
	}
	return m
}()

// Language is the language of a text where its small words leave no doubt, and
// Und where they do.
func Language(s string) string {
	counts := make(map[string]int, len(small))
	for w := range strings.FieldsFuncSeq(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '’' }) {
		if len(w) > 12 {
			continue
		}
		lang := tells[w]
		if lang == "" {
			w = strings.ToLower(strings.ReplaceAll(strings.Trim(w, "'’"), "’", "'"))
			lang = tells[w]
		}
		if head, _, elided := strings.Cut(w, "'"); lang == "" && elided && slices.Contains(elisions, head) && !english(w) {
			lang = "fr"
		}
		if lang != "" {
			counts[lang]++
		}
	}
	all, best := 0, Und
	for _, lang := range []string{"de", "en", "es", "fr", "it"} {
		all += counts[lang]
		if counts[lang] > counts[best] {
			best = lang
		}
	}
	if n := counts[best]; n >= 2 && all == n || n >= 5 && n > 5*(all-n) {
		return best
	}
	return Und
}

// elisions are what French words begin with, as in l'eau.
var elisions = strings.Fields("l j d c m t n s qu")

// english reports whether a word is a short form, as in I'd or d'you.
func english(w string) bool {
	return strings.HasPrefix(w, "d'y") || strings.HasSuffix(w, "'s") || strings.HasSuffix(w, "'t") || strings.HasSuffix(w, "'d")
}
