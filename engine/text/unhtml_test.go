package text

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFromHTML(t *testing.T) {
	for in, want := range map[string]string{
		"":                                       "",
		"plain":                                  "plain",
		"<p>geht.<br>#dog</p>":                   "geht.\n#dog",
		"<p>geht.</p><p>#dog</p>":                "geht.\n\n#dog",
		"<p>one<br /><br/>two</p>\n<p>three</p>": "one\n\ntwo\n\nthree",
		"<div>geht.</div>#dog":                   "geht.\n#dog",
		"<ul><li>one</li><li>two</li></ul>":      "one\ntwo",
		"<table><tr><td>one</td><td>two</td></tr><tr><td>3</td></tr></table>": "one two\n3",
		"geht.<unknown-thing/>#dog":                   "geht. #dog",
		"b<b>a</b><i>d</i> w<wbr>ord":                 "bad word",
		"b<!-- > -->ad":                               "bad",
		"  a \n\t b  ":                                "a b",
		"a&nbsp;b":                                    "a\u00a0b",
		"&lt;b&gt; &amp;amp; &eacute; &#x1F600;":      "<b> &amp; é 😀",
		"1 < 2 > 0 <3 </ >":                           "1 < 2 > 0 <3 </ >",
		"<pre>two\n  blanks</pre>after":               "two\n  blanks\nafter",
		"<script>alert('<p>')</script >seen":          "seen",
		"<STYLE>p{}</StYlE><P>seen":                   "seen",
		`an <img src="x" alt="a &quot;cat&quot;"> is`: `an a "cat" is`,
		`<a title=">" href='/x'>go</a>`:               "go",
		"cut <a href=":                                "cut <a href=",
		"cut <!-- off":                                "cut <!-- off",
		"\xff<p>\x00":                                 "\uFFFD\n\n\x00",
		`<p class=don't>it's</p>`:                     "it's",
	} {
		if got := FromHTML(in).String; got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

// An address that words hide is there to be read, once.
func TestSpelled(t *testing.T) {
	for in, want := range map[string]string{
		`see <a href="https://a.example/x?a=1&amp;b=2">the menu</a>, now`:                                         "see the menu (https://a.example/x?a=1&b=2), now",
		`<a href="https://a.example/x"><span class="invisible">https://</span><span>a.example/x</span></a> it is`: "https://a.example/x it is",
		`<a href="https://evil.example">https://good.example</a>`:                                                 "https://good.example (https://evil.example)",
		`<a href="https://a.example"></a>`:                                                                        "(https://a.example)",
		`<p>one</p><p> <a href="https://a.example"> two </a></p>three`:                                            "one\n\ntwo (https://a.example)\n\nthree",
		`<a href="https://a.example">one<a href="https://b.example">two`:                                          "one (https://a.example)two (https://b.example)",
	} {
		if got := FromHTML(in).Spelled(); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
	wild := Text{"héé", []Facet{{2, 1, FacetLink, "x"}, {0, 2, FacetLink, "cut"}, {0, 9, FacetLink, "y"}, {-1, 1, FacetLink, "z"}, {0, 3, FacetLink, "ok"}}}
	if got := wild.Spelled(); got != "hé (ok)é" {
		t.Errorf("facets that do not fit give %q", got)
	}
}

func FuzzFromHTML(f *testing.F) {
	for _, s := range []string{"<p>a<br>b</p>", `<a href="x">y`, "<a href=x>&amp;<!--", "<pre>\n</pre></pre>", "<script>", "<a<a<a", "</p", "<img alt='", "\xff<"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := FromHTML(s)
		last := 0
		for _, l := range got.Facets {
			if l.Start < last || l.End < l.Start || l.End > len(got.String) || !utf8.ValidString(got.String[l.Start:l.End]) {
				t.Fatalf("%q has a link from %d to %d", got.String, l.Start, l.End)
			}
			last = l.End
		}
		if spelled := got.Spelled(); !utf8.ValidString(spelled) || !strings.Contains(s, "<") && spelled != got.String {
			t.Fatalf("%q is spelled %q", s, spelled)
		}
	})
}
