package moderate_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/moderate"
)

// recorded is n items of about 144 bytes as they are recorded, one in twenty
// with a listed word.
func recorded(tb testing.TB, n int, terms []string) []byte {
	tb.Helper()
	words := strings.Fields("je ne sais pas pourquoi la galette était si bonne this one is the best bread in town merci à toute votre équipe pour cet accueil " +
		"demain matin nous viendrons goûter les brioches and my friends will love it encore bravo https://dupain.example/galette @ana pain levain four")
	r := rand.New(rand.NewPCG(1, 2))
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	for i := range n {
		var text []string
		for size := 0; size < 144; size += 1 + len(text[len(text)-1]) {
			text = append(text, words[r.IntN(len(words))])
		}
		if r.IntN(20) == 0 {
			text[r.IntN(len(text))] = terms[r.IntN(len(terms))]
		}
		followers := r.IntN(100)
		item := with(with(moderate.Item{Platform: "mastodon", Channel: "masto"}, func(i *moderate.Item) { i.Surface, i.At = "comment", now }), func(item *moderate.Item) {
			item.ID, item.Text, item.Author.Followers = fmt.Sprint(i), strings.Join(text, " "), &followers
		})
		if err := enc.Encode(item); err != nil {
			tb.Fatal(err)
		}
	}
	return out.Bytes()
}

// BenchmarkReplay judges 33,000 recorded items by two sets of thirty rules over
// two lists of a thousand terms.
func BenchmarkReplay(b *testing.B) {
	terms := make([]string, 2000)
	for i := range terms {
		terms[i] = fmt.Sprintf("insulte%c%c%c", 'a'+i%26, 'a'+i/26%26, 'a'+i/676)
	}
	files := func(fold string) memory {
		all := "lists: {one: {file: a.txt, lang: [fr]}, two: {file: b.txt, allow: [insulteaaa douce]}}\nrules:\n" +
			rule("one", "hide", "words: {list: one, fold: "+fold+"}", "where: {lang: [fr, und]}") +
			rule("two", "hold", "all: [{words: {list: two, fold: "+fold+"}}, {not: {author: {trusted: true}}}]") +
			rule("expr", "label", `expr: "links > 2 and author.followers < 5"`) +
			rule("loud", "label", "capitals: {over: 70}, length: {over: 20}")
		for i := range 26 {
			all += rule(fmt.Sprint("r", i), "escalate", fmt.Sprintf("any: [{words: {any: [mot%d, une phrase %d]}}, {regex: 'promo%d[a-z]+'}]", i, i, i))
		}
		return memory{"r.yaml": all, "a.txt": strings.Join(terms[:1000], "\n"), "b.txt": strings.Join(terms[1000:], "\n")}
	}
	before, after := compile(b, files("standard")), compile(b, files("evasion"))
	items := recorded(b, 33000, terms)
	b.SetBytes(int64(len(items)))
	b.ReportAllocs()
	for b.Loop() {
		start := time.Now()
		r := moderate.NewReplay(before, after, now)
		if err := moderate.Read(bytes.NewReader(items), func(i moderate.Item) error { r.Add(i); return nil }); err != nil {
			b.Fatal(err)
		}
		if out := r.Report(); out.Items != 33000 {
			b.Fatal(out.Items)
		}
		b.ReportMetric(time.Since(start).Seconds(), "s/replay")
	}
}
