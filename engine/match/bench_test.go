//go:build unix

package match

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// A speaker makes up words and comments of about 144 bytes, of which one in 20
// has a listed word, and one in 20 of those in disguise.
type speaker struct {
	*rand.Rand
	common []string
}

func newSpeaker() *speaker {
	s := &speaker{Rand: rand.New(rand.NewPCG(1, 2))}
	for range 3000 {
		s.common = append(s.common, s.word(1+s.IntN(3)))
	}
	return s
}

func (s *speaker) word(syllables int) string {
	var b strings.Builder
	for range syllables {
		b.WriteByte("bcdfglmnprstv"[s.IntN(13)])
		b.WriteString([]string{"a", "e", "i", "o", "u", "ou", "an", "é", "er", "is"}[s.IntN(10)])
	}
	return b.String()
}

func (s *speaker) list(n int) []string {
	seen := map[string]bool{}
	for _, w := range s.common {
		seen[w] = true
	}
	var all []string
	for len(all) < n {
		w := s.word(2 + s.IntN(3))
		if !seen[w] {
			seen[w] = true
			all = append(all, w)
		}
	}
	return all
}

func (s *speaker) comments(n int, list []string) []string {
	var all []string
	for range n {
		var b strings.Builder
		for size := 100 + s.IntN(80); b.Len() < size; {
			w := s.common[s.IntN(len(s.common))]
			switch k := s.IntN(400); {
			case k == 0:
				w = list[s.IntN(len(list))]
			case k == 1:
				w = "https://" + w + ".example/" + w
			case k == 2:
				w = strings.NewReplacer("o", "0", "e", "3", "a", "@").Replace(list[s.IntN(len(list))])
			case k < 8:
				w = strings.ToUpper(w)
			case k < 30:
				w += ","
			case k < 50:
				w = "l'" + w
			case k < 60:
				w += " !"
			case k < 70:
				w += "."
			case k < 73:
				w = "20" + fmt.Sprint(s.IntN(100))
			}
			b.WriteString(w)
			b.WriteByte(' ')
		}
		all = append(all, b.String())
	}
	return all
}

// cpu is the seconds of processor time that this process has used.
func cpu() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// measure is how many texts f takes in a second of processor time: the median
// of some rounds.
func measure(texts []string, f func(text string)) float64 {
	var all []float64
	for range 7 {
		start := cpu()
		for range 5 {
			for _, t := range texts {
				f(t)
			}
		}
		all = append(all, float64(5*len(texts))/max(1e-6, cpu()-start))
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// floor is the work that nobody can leave out: every byte is looked at.
func floor(text string) (n int) {
	for i := range len(text) {
		n += int(ascii(text[i]))
	}
	return n
}

func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / 1e6
}

// BenchmarkFind reports comments a second on one core, as a share of merely
// looking at each byte, and what the set holds.
func BenchmarkFind(b *testing.B) {
	s := newSpeaker()
	list := s.list(10_000)
	rude := s.list(20_000)[10_000:11_000]
	comments := append(s.comments(3000, list), s.comments(1000, rude)...)
	mixed := make([]Term, len(list))
	for i, w := range list {
		mixed[i] = Term{Text: w, Fold: FoldEvasion}
		switch i % 20 {
		case 0:
			mixed[i].As = Prefix
		case 1:
			mixed[i].As = Suffix
		case 2:
			mixed[i].Text, mixed[i].As = w[:4]+"*"+w[len(w)-1:], Wildcard
			if strings.ContainsRune(mixed[i].Text, '\ufffd') {
				mixed[i] = Term{Text: w}
			}
		case 3, 4:
			mixed[i].Text, mixed[i].As = w+" "+list[(i+7)%len(list)], Phrase
		}
	}
	for i := range mixed {
		mixed[i].Text = strings.ToValidUTF8(mixed[i].Text, "e")
	}
	var rules []Regex
	for i := range 1000 {
		rules = append(rules, Regex{Expr: `(?i)\b` + rude[i] + `(s|es)?\s+\w+\b`})
	}
	for _, tt := range []struct {
		name    string
		terms   []Term
		regexes []Regex
	}{
		{"words=100", evasive(list[:100]), nil},
		{"words=1000", evasive(list[:1000]), nil},
		{"words=10000", evasive(list), nil},
		{"mixed=10000", mixed, nil},
		{"regexes=1000", nil, rules},
		{"both", evasive(list), rules},
	} {
		b.Run(tt.name, func(b *testing.B) {
			before := heap()
			s := mustNew(b, tt.terms, tt.regexes...)
			held := heap() - before
			var hits []Hit
			var rate, base float64
			n := 0
			for b.Loop() {
				base = measure(comments, func(text string) { n += floor(text) })
				rate = measure(comments, func(text string) { hits = s.Find(hits[:0], text); n += len(hits) })
			}
			b.ReportMetric(rate, "comments/s")
			b.ReportMetric(base/rate, "times-floor")
			b.ReportMetric(held, "MB")
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(testing.AllocsPerRun(1, func() {
				for _, t := range comments {
					hits = s.Find(hits[:0], t)
				}
			})/float64(len(comments)), "allocs/comment")
			runtime.KeepAlive(s)
		})
	}
}
