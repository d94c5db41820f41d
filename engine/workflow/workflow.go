// Package workflow owns the files that run Imprimatur on GitHub, and the form
// through which a person who knows no git proposes a post: how it is written,
// and how a filled one reads.
package workflow

import (
	"bytes"
	"embed"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"text/template"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// Setup is what the files depend on.
type Setup struct {
	Name      string   // of the repository or the workspace: it spreads the hours
	Language  string   // of the comments: French for fr, else English
	Branch    string   // whose posts go out
	Folders   []string // of the workspaces, as the repository has them; "." for its root
	Channels  []string // of the form
	Secrets   []string // the environment variables that hold the channels' secrets
	Keys      []string // those that moderation needs besides
	ByHand    bool     // a person publishes on some channel, from the outbox
	Moderates bool     // there are rules for what comes back
	Form      bool
}

// A File is one to write, by its path in the repository.
type File struct{ Name, Text string }

//go:embed files
var files embed.FS

// The actions that the workflows use, none of which may change under them.
var pins = map[string]string{
	"checkout": "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
	"upload":   "actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a # v7.0.1",
	"self":     "imprimatur-ci/imprimatur@v1",
}

// Files are the workflows, and the form with its workflow where that is asked
// for.
func (s Setup) Files() ([]File, error) {
	t, err := template.New("").Delims("[[", "]]").Funcs(template.FuncMap{
		"pin":    func(name string) string { return pins[name] },
		"quote":  schema.Quote,
		"secret": secret,
		"say":    s.say,
		"label":  func(f Field) string { return labels[f][s.french()] },
		"cron":   s.cron,
		"outbox": func() string { return strings.Join(s.outboxes(), "\n") },
		"lines": func(indent int, text string) string {
			return strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", indent))
		},
		"ref":  func(branch string) string { return "'refs/heads/" + strings.ReplaceAll(branch, "'", "''") + "'" },
		"many": func() bool { return len(s.Folders) > 1 },
	}).ParseFS(files, "files/*.yml")
	if err != nil {
		return nil, err
	}
	var out []File
	for _, f := range []struct {
		template, name string
		wanted         bool
	}{
		{"review.yml", ".github/workflows/imprimatur-review.yml", true},
		{"publish.yml", ".github/workflows/imprimatur-publish.yml", true},
		{"moderate.yml", ".github/workflows/imprimatur-moderate.yml", s.Moderates},
		{"propose.yml", ".github/workflows/imprimatur-propose.yml", s.Form},
		{"form.yml", ".github/ISSUE_TEMPLATE/post.yml", s.Form},
	} {
		if !f.wanted {
			continue
		}
		var b bytes.Buffer
		if err := t.ExecuteTemplate(&b, f.template, s); err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		out = append(out, File{f.name, b.String()})
	}
	return out, nil
}

func (s Setup) french() bool { return s.Language == "fr" || strings.HasPrefix(s.Language, "fr-") }

// say chooses between two languages.
func (s Setup) say(en, fr string) string {
	if s.french() {
		return fr
	}
	return en
}

// cron is how often something runs, from a minute of its own: at the full hour
// everybody else's jobs begin, and GitHub delays or drops some.
func (s Setup) cron(what string, every int) string {
	h := fnv.New32a()
	h.Write([]byte(what + " " + s.Name))
	first := 1 + int(h.Sum32()%uint32(every-1)) // never on the hour
	var minutes []string
	for m := first; m < 60; m += every {
		minutes = append(minutes, fmt.Sprint(m))
	}
	return strings.Join(minutes, ",") + " * * * *"
}

// secret is where a workflow has a secret from.
func secret(name string) string {
	if name == "GITHUB_TOKEN" { // no secret may be called so
		return "${{ github.token }}"
	}
	return "${{ secrets." + name + " }}"
}

func (s Setup) outboxes() []string {
	out := make([]string, len(s.Folders))
	for i, f := range s.Folders {
		out[i] = f + "/outbox"
	}
	return slices.Compact(out)
}
