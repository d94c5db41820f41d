package review

import (
	"fmt"
	"strings"
	"testing"
)

// The examples are those of GitHub's documentation.
func TestOwners(t *testing.T) {
	o := ParseOwners("CODEOWNERS", []byte(`# This is a comment.
*       @global-owner1 @global-owner2

*.js    @js-owner #This is an inline comment.
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/* @docs-owner
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat-2
/apps/github
/apps/github/doc @doctocat
with\ blank.md @ana
/emu @ana_acme
`))
	if o.Bad != "" {
		t.Fatal(o.Bad)
	}
	for path, want := range map[string]string{
		"a.md":                    "@global-owner1 @global-owner2",
		"x/y/z.md":                "@global-owner1 @global-owner2",
		"x/a.js":                  "@js-owner",
		"a.txt":                   "@octo-org/octocats",
		"build/logs/a/b":          "@octocat-2",
		"x/build/logs":            "@octocat-2",
		"docs/a.md":               "@doctocat",
		"x/apps/y/z.md":           "@octocat",
		"apps/a.md":               "@octocat",
		"scripts/a/b":             "@doctocat @octocat",
		"apps/github/a.md":        "",
		"apps/github/doc":         "@doctocat",
		"apps/github/doc/b":       "@doctocat",
		"apps/githubber/a":        "@octocat",
		"x/with blank.md":         "@ana",
		"emu":                     "@ana_acme",
		"deeply/nested/logs/file": "@octocat-2",
	} {
		if got := strings.Join(o.Of(path), " "); got != want {
			t.Errorf("%s is owned by %q, want %q", path, got, want)
		}
	}
	for src, want := range map[string]string{
		"* @a\n!b @c\n":              "CODEOWNERS:2: a pattern cannot begin with !; write a line without owners instead",
		"\\#a @b":                    "CODEOWNERS:1: a pattern cannot begin with #; rename the file",
		"[ab].md @c":                 "CODEOWNERS:1: a pattern cannot have [ ]; write a line for each",
		"/ @c":                       "CODEOWNERS:1: / means no file; write * for all",
		"* ana":                      "CODEOWNERS:1: ana is no owner; write @login or @org/team",
		"* docs@example.org":         "CODEOWNERS:1: nobody can tell whose address docs@example.org is; write their login, as in @ana",
		"* @acme/":                   "CODEOWNERS:1: @acme/ is no owner; write @login or @org/team",
		"\xff":                       "CODEOWNERS:1: it is too large, or no text in UTF-8",
		strings.Repeat(" ", 3<<20):   "CODEOWNERS:1: it is too large, or no text in UTF-8",
		"\ufeff* @a\r\n\r\n# x\r\n":  "",
		"":                           "",
		"*.md @a # @b":               "",
		"/x/ @acme/the-team_x.y @b ": "",
	} {
		if got := ParseOwners("CODEOWNERS", []byte(src)).Bad; got != want {
			t.Errorf("%.40q: %q, want %q", src, got, want)
		}
	}
}

func TestBelow(t *testing.T) {
	for _, r := range []struct {
		pattern, path string
		want          bool
	}{
		{"*", "a/b", true}, {"/*", "a", true}, {"/*", "a/b", false}, {"**", "a/b/c", true}, {"/a/**", "a/b/c", true}, {"/a/**/c", "a/c", true}, {"/a/**/c", "a/b/d/c", true},
		{"/a/**/c", "b/a/c", false}, {"a/b", "a/b/c", true}, {"a/b", "x/a/b", false}, {"b", "a/b/c", true}, {"b/", "a/b", false}, {"b/", "a/b/c", true}, {"/posts/legal", "posts/legal.md", false},
		{"*.md", "a/b.md", true}, {"?.md", "é.md", true}, {"?.md", "ab.md", false}, {"a*b*c", "axxbxxbc", true}, {"a*b*c", "axxbxxb", false}, {`a\*`, "a*", true}, {`a\*`, "ab", false}, {"/docs/*", "docs/a/b", false}, {"docs/*.md", "docs/a.md", true},
	} {
		if got := below(r.pattern, r.path); got != r.want {
			t.Errorf("%s means %s: %v", r.pattern, r.path, got)
		}
	}
	if below("/"+strings.Repeat("**/", 2000)+"x", strings.Repeat("a/", 2000)+"y") || like(strings.Repeat("*a", 2000), strings.Repeat("a", 1999)+"b") {
		t.Error("what cannot be is found")
	}
}

func FuzzOwners(f *testing.F) {
	for _, s := range []string{"* @a\n", "/x/**/y @b/c # d\n*.md\n", "a\\ b @c\n", "!x [y] \\# \\", "**/ @a\n/**\n", "\\\n"} {
		f.Add(s, "posts/a.md")
	}
	f.Fuzz(func(t *testing.T, src, path string) {
		o := ParseOwners("CODEOWNERS", []byte(src))
		owners := o.Of(path)
		for _, who := range owners {
			if !strings.Contains(src, who) {
				t.Errorf("%s owns %s, and nobody said so", who, path)
			}
		}
		if o.Bad != "" || strings.ContainsAny(path, " \\*?[]#!\t\r\n") || path == "" || strings.Trim(path, "/") != path || strings.Contains(path, "//") {
			return
		}
		more := src + fmt.Sprintf("\n/%s @the-last-one\n", path)
		if got := ParseOwners("CODEOWNERS", []byte(more)); len(more) < maxOwners && got.Bad == "" && (len(got.Of(path)) != 1 || got.Of(path)[0] != "@the-last-one") {
			t.Errorf("the last line does not count: %q is owned by %v", path, got.Of(path))
		}
	})
}
