package schema

import (
	"cmp"
	"regexp"
	"strings"
)

// A Template is text in which {name} stands for a value.
type Template string

var named = regexp.MustCompile(`\{[^{}]*\}`)

// Names lists the names in t, in order. Stray reports a brace that opens or
// closes none.
func (t Template) Names() (names []string, stray bool) {
	for _, m := range named.FindAllString(string(t), -1) {
		names = append(names, m[1:len(m)-1])
	}
	return names, strings.ContainsAny(named.ReplaceAllLiteralString(string(t), ""), "{}")
}

// Fill puts values in the place of names. Half a text is worse than none: with
// a value that is empty all of it is.
func (t Template) Fill(value func(name string) string) string {
	whole := true
	s := named.ReplaceAllStringFunc(string(t), func(m string) string {
		v := value(m[1 : len(m)-1])
		whole = whole && v != ""
		return v
	})
	if !whole {
		return ""
	}
	return s
}

// LinkNames are the names that stand for something in the parameters of links.
var LinkNames = []string{"platform", "channel", "campaign", "post", "brand"}

// Over is u, with what it leaves out as in another.
func (u UTM) Over(other UTM) UTM {
	return UTM{cmp.Or(u.Source, other.Source), cmp.Or(u.Medium, other.Medium), cmp.Or(u.Campaign, other.Campaign), cmp.Or(u.Term, other.Term), cmp.Or(u.Content, other.Content)}
}

// Param is one parameter that is added to links.
type Param struct {
	Key   string // of UTM: "source"
	Value Template
}

// Params are the parameters that are set, in the order they are added.
func (u UTM) Params() []Param {
	var ps []Param
	for _, p := range []Param{{"source", u.Source}, {"medium", u.Medium}, {"campaign", u.Campaign}, {"term", u.Term}, {"content", u.Content}} {
		if p.Value != "" {
			ps = append(ps, p)
		}
	}
	return ps
}
