package schema_test

import (
	"testing"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// What is asked for is read from versions whose other settings nobody reads
// any more, and told in a few words.
func TestReadReview(t *testing.T) {
	for src, want := range map[string]string{
		"review: none\n": "none",
		"version: 1\n":   "none",
		"review: {approvals: 2}\ncolour: blue\nversion: x\n":                                             "2",
		"review:\n  approvals: 1\n  from: [ana, \"@acme/legal\"]\n  rules: [{approvals: 2}]\n":           "1 from ana or @acme/legal, more by a rule",
		"review: {approvals: 1, codeowners: true, rules: [{approvals: 2}, {labels: [x], approvals: 1}]}": "1, and one owner of each file, more by 2 rules",
		"review: {approvals: 0}\n":               "?",
		"review: {approval: 2}\n":                "?",
		"review: {}\n":                           "?",
		"review: nobody\n":                       "?",
		"review:\n":                              "?",
		"review: none\nreview: {approvals: 1}\n": "?",
		"<<: {review: none}\n":                   "?",
		"? [a]\n: b\n":                           "?",
		"review: {approvals: 1, from: [a b]}\n":  "?",
		"- a\n":                                  "?",
		"a: b: c\n":                              "?",
		"":                                       "none",
		"x: &a 1\nreview: *a\n":                  "?",
		"\"review\": {approvals: 3}\n":           "3",
		"review: {approvals: 1, urgent: never}\n": "?",
	} {
		r, ok := schema.ReadReview(schema.Source{File: "imprimatur.yaml", YAML: []byte(src)})
		got := r.String()
		if !ok {
			got = "?"
		}
		if got != want {
			t.Errorf("%q asks for %s, want %s", src, got, want)
		}
	}
	for who, want := range map[string]string{"@acme/legal": "acme/legal team", "ana": "ana", "@ana": "ana"} {
		name, team := schema.Team(who)
		if team {
			name += " team"
		}
		if name != want {
			t.Errorf("%s is %s", who, name)
		}
	}
}
