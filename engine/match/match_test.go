package match

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// found is what a set finds, for reading: "text/view …".
func found(s *Set, text string) string {
	var all []string
	for _, h := range s.Find(nil, text) {
		all = append(all, fmt.Sprintf("%s/%s", text[h.Start:h.End], h.View))
	}
	return strings.Join(all, " ")
}

func mustNew(tb testing.TB, terms []Term, regexes ...Regex) *Set {
	tb.Helper()
	s, err := New(terms, regexes)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func TestFind(t *testing.T) {
	for _, tt := range []struct {
		term Term
		text string
		want string
	}{
		{Term{Text: "con"}, "Quel con ! CON, le Con.", "con/plain CON/plain Con/plain"},
		{Term{Text: "con"}, "conseil abscons con2 2con connecté", ""},
		{Term{Text: "con"}, "c'con l’con (con) «con» con-là con.", "con/plain con/plain con/plain con/plain con/plain con/plain"},
		{Term{Text: "cul"}, "un cul-de-sac, tape-cul", ""},
		{Term{Text: "tit"}, "un p'tit pain", ""},
		{Term{Text: "bitch"}, "that bitch's", "bitch/plain"},
		{Term{Text: "don"}, "don't", ""},
		{Term{Text: "don't"}, "I don’t", "don’t/plain"},
		{Term{Text: "AI"}, "j'ai, J’AI, l'ai, qu'ai-je", ""},
		{Term{Text: "AI"}, "l'AI, AI, ai", "AI/plain AI/plain ai/plain"},
		{Term{Text: "AI", Case: true}, "l'AI, AI, ai Ai", "AI/plain AI/plain"},
		{Term{Text: "enculé"}, "d'enculé d’ENCULÉ", "enculé/plain ENCULÉ/plain"},
		{Term{Text: "enculé"}, "il encule ENCULE", "ENCULE/folded"},
		{Term{Text: "bite"}, "il a bité, bîte", ""},
		{Term{Text: "bite"}, "bi\u0301te bite\u0302 bi\u200bte ｂｉｔｅ", "bi\u0301te/folded bite\u0302/folded bi\u200bte/folded ｂｉｔｅ/folded"},
		{Term{Text: "connard"}, "cönnärd cónnard", "cönnärd/folded cónnard/folded"},
		{Term{Text: "bâtard"}, "batard", "batard/folded"},
		{Term{Text: "été", Fold: FoldNone}, "ÉTÉ ete e\u0301te\u0301", "ÉTÉ/plain"},
		{Term{Text: "e\u0301te\u0301"}, "ÉTÉ ete", "ÉTÉ/folded"},
		{Term{Text: "conn", As: Prefix}, "connards deconn", "connards/plain"},
		{Term{Text: "ard", As: Suffix}, "connard ardu", "connard/plain"},
		{Term{Text: "c?n*rd", As: Wildcard}, "connard canard cnrd", "connard/plain canard/plain"},
		{Term{Text: "*nar*", As: Wildcard}, "connards canard", "connards/plain canard/plain"},
		{Term{Text: "fils de pute", As: Phrase}, "fils-de-pute, Fils  de\nPUTE fils. De pute fils.de.pute", "fils-de-pute/plain Fils  de\nPUTE/plain"},
		{Term{Text: "fils de pute", Fold: FoldEvasion}, "fils.de.pute fils d3 put3 filsdepute f i l s  d e  p u t e", "fils.de.pute/plain fils d3 put3/leet filsdepute/joined f i l s  d e  p u t e/joined"},
		{Term{Text: "s&m"}, "S&M s&me", "S&M/plain"},
		{Term{Text: "c++"}, "C++ c+", "C++/plain"},
		{Term{Text: "🖕"}, "toi🖕🏽", "🖕/plain"},
		{Term{Text: "bit.ly"}, "https://bit.ly/x rabbit.ly", "bit.ly/plain"},
		{Term{Text: "con"}, "https://a.fr/con con.fr a@con.com @con @con@a.fr www.con.be/con", ""},
		{Term{Text: "con", Fold: FoldEvasion}, "https://a.fr/con con.fr a@con.com @con @con@a.fr www.con.be/con http://c.o.n", ""},
		{Term{Text: "ass", Fold: FoldEvasion}, "@ss a$$ a.s.s, a s s a55 A S S", "@ss/leet a$$/leet a.s.s/joined a s s/joined A S S/joined"},
		{Term{Text: "ass", Fold: FoldEvasion}, "un as, as, s'il", ""},
		{Term{Text: "connard", Fold: FoldEvasion}, "gros-connard connard-de-merde", "connard/plain connard/plain"},
		{Term{Text: "connard", Fold: FoldEvasion}, "c0nn@rd! сonnard c.o.n.n.a.r.d con.nard connnnard conn*rd c * n n a r d c0nnnnard", "c0nn@rd/leet сonnard/confusable c.o.n.n.a.r.d/joined con.nard/joined connnnard/squeezed conn*rd/masked c * n n a r d/masked c0nnnnard/squeezed"},
		{Term{Text: "cop", Fold: FoldEvasion}, "это просто сор", ""},
		{Term{Text: "cop", Fold: FoldEvasion}, "a bad сор", "сор/confusable"},
		{Term{Text: "傻逼"}, "你是傻逼吗", "傻逼/plain"},
		{Term{Text: "fuck", Fold: FoldEvasion}, "f*ck f**k f@ck **ck f***", "f*ck/masked f**k/masked f@ck/masked"},
		{Term{Text: "f*ck", As: Wildcard}, "fuck f*ck", "fuck/plain"},
		{Term{Text: "bitch", Fold: FoldEvasion}, "you are a b i t c h , a B!TCH b1tch! sonofabitch", "b i t c h/joined B!TCH/leet b1tch/leet"},
		{Term{Text: "conn", As: Prefix, Fold: FoldEvasion}, "c0nnasse c.o.n.n.e", "c0nnasse/leet c.o.n.n.e/joined"},
		{Term{Text: "пизда", Fold: FoldEvasion}, "п и з д а пиззззда", "п и з д а/joined пиззззда/squeezed"},
	} {
		s := mustNew(t, []Term{tt.term})
		if got := found(s, tt.text); got != tt.want {
			t.Errorf("%v in %q\n got %s\nwant %s", tt.term, tt.text, got, tt.want)
		}
	}
}

func TestRegex(t *testing.T) {
	for _, tt := range []struct{ expr, text, want string }{
		{`(?i)\bété\b`, "un Été chaud, étés", "Été/plain"},
		{`\bcon\b`, "con coné con con", "con/plain con/plain con/plain"},
		{`free\s+money`, "free\u00a0money", "free\u00a0money/plain"},
		{`(?i)gratuit|offert`, "GRATUIT", "GRATUIT/plain"},
		{`c[o0]nn`, "c0nnard c\u200bonn", "c0nn/plain c\u200bonn/folded"},
		{`été`, "e\u0301te\u0301", "e\u0301te\u0301/folded"},
		{`https?://[a-z]+\.ru\b`, "http://a.ru/x", "http://a.ru/plain"},
	} {
		s := mustNew(t, nil, Regex{Expr: tt.expr})
		if got := found(s, tt.text); got != tt.want {
			t.Errorf("%s in %q\n got %s\nwant %s", tt.expr, tt.text, got, tt.want)
		}
	}
}

func TestNew(t *testing.T) {
	for _, tt := range []struct {
		term Term
		want string
	}{
		{Term{}, "nothing of it"},
		{Term{Text: " \u200b\u0301"}, "nothing of it"},
		{Term{Text: "a\xff"}, "UTF-8"},
		{Term{Text: "*", As: Wildcard}, "a wildcard needs"},
		{Term{Text: "a", As: "sub"}, "as is"},
		{Term{Text: "a", Fold: "max"}, "fold is"},
	} {
		if _, err := New([]Term{{Text: "ok"}, tt.term}, nil); err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "term 1") {
			t.Errorf("%v: %v", tt.term, err)
		}
	}
	for expr, want := range map[string]string{
		`a+b`:         "three letters",
		`foo\bbar`:    `\b knows`,
		`\Bfoo`:       `\B knows`,
		`\bfoo|bar\b`: "one side",
		`\b.foo`:      "must stand beside",
		`foo(`:        "missing",
		`(foo)?`:      "empty",
		`[\W]foo`:     `\W knows`,
	} {
		if _, err := New(nil, []Regex{{Expr: "okay"}, {Expr: expr}}); err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "regex 1") {
			t.Errorf("%s: %v", expr, err)
		}
	}
	if _, err := New(nil, []Regex{{Expr: `a+b`, Slow: true}}); err != nil {
		t.Error(err)
	}
}

// A set is used by many at once.
func TestManyAtOnce(t *testing.T) {
	s := mustNew(t, evasive([]string{"con", "fils de pute"}), Regex{Expr: `(?i)\bété\b`})
	texts := []string{"un c0n l'été", "fils de put3, été", "rien", "c o n"}
	var want []string
	for _, text := range texts {
		want = append(want, found(s, text))
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 200 {
				if got := found(s, texts[i%4]); got != want[i%4] {
					t.Errorf("%q: %s, want %s", texts[i%4], got, want[i%4])
				}
			}
		})
	}
	all.Wait()
}

// The usual text costs no memory.
func TestNoAllocation(t *testing.T) {
	s := mustNew(t, evasive([]string{"con", "fils de pute", "enculé"}), Regex{Expr: `free\s+money`})
	var hits []Hit
	text := "Bonjour à tous, c'était une très belle journée, quel con ! Et c0n, d'enculé."
	f := s.spare.New().(*finder) // Find's own are kept while there is room
	if n := testing.AllocsPerRun(100, func() { hits = f.find(hits[:0], text) }); n > 0 || len(hits) != 3 {
		t.Errorf("%v allocations, %d hits", n, len(hits))
	}
}
