package report

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	gtext "github.com/yuin/goldmark/text"
)

// active are words that GitHub acts on outside code: mentions, references,
// commits, hosts, emoji, formulas, commands for bots.
var active = regexp.MustCompile(`(?i)@[a-z0-9]|#\d|\bGH-\d|\b[0-9a-f]{7,40}\b|://|\bwww\.|:[0-9_+-]*[a-z][a-z0-9_+-]*:|\$|^/[a-z]`)

// page fails where what an attack says does something in a summary: every
// element must be one that the report makes itself.
func page(t *testing.T, src, attack string) {
	t.Helper()
	md := []byte(src)
	doc := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(gtext.NewReader(md))
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.CodeSpan, *ast.FencedCodeBlock:
			return ast.WalkSkipChildren, nil
		case *ast.HTMLBlock:
			for i := range n.Lines().Len() {
				line := n.Lines().At(i)
				if s := strings.TrimSpace(string(line.Value(md))); s != "</details>" && !regexp.MustCompile(`^<details><summary>\d+ \w+ waiting</summary>$`).MatchString(s) {
					t.Errorf("%q makes HTML: %q", attack, s)
				}
			}
		case *ast.Link, *ast.Image, *ast.AutoLink, *ast.RawHTML, *ast.CodeBlock, *ast.Blockquote, *extast.Table, *extast.Strikethrough, *extast.TaskCheckBox:
			t.Errorf("%q makes a %s", attack, n.Kind())
		case *ast.Heading:
			if n.Level != 3 {
				t.Errorf("%q makes a heading", attack)
			}
		case *ast.Emphasis:
			if n.Level != 2 {
				t.Errorf("%q is emphasised", attack)
			}
		case *ast.Text:
			if s := string(n.Segment.Value(md)); active.MatchString(s) {
				t.Errorf("%q: GitHub acts on %q", attack, s)
			}
		}
		return ast.WalkContinue, nil
	})
}

// shown is what a block reads as.
func shown(n ast.Node, md []byte, plain *[]string) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			s := string(c.Segment.Value(md))
			b.WriteString(s)
			*plain = append(*plain, s)
		case *ast.CodeSpan:
			b.WriteString(shown(c, md, new([]string)))
		default:
			b.WriteString("<" + c.Kind().String() + ">")
		}
	}
	return b.String()
}

func FuzzInert(f *testing.F) {
	for _, s := range attacks {
		f.Add(s)
	}
	for _, s := range []string{"", " ", "1. x", "- x", "+ x", "a  b", "*a* _b_ ~~c~~", "[x]: y", "[x](y)", "a\\*b", "&amp;", "`` ` ``", "x `", "` x", "a|b", "# x", "a ##", "===", "---", "    code",
		"1) x", "<b>", "http://x.example", "mailto:a@b.example", "a@b.example", "defaced", "Bonjour, le monde : « c'est l'été » !", "été 12:30 🥖👩‍🍳", "<!-- x -->", "[ ] x", "\\", "owner/repo#1", "/close", "日本語"} {
		f.Add(s)
	}
	md := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser()
	f.Fuzz(func(t *testing.T, s string) {
		want := strings.Join(strings.Fields(Clean(s)), " ")
		for _, before := range []string{"", "- ", "### ", "**why** "} {
			src := []byte(before + Inert(s))
			doc := md.Parse(gtext.NewReader(src))
			if want == "" {
				continue
			}
			block := doc.FirstChild()
			if before == "- " {
				block = block.FirstChild().FirstChild()
			}
			if block == nil || doc.ChildCount() != 1 || !slices.Contains([]string{"Paragraph", "Heading", "TextBlock"}, block.Kind().String()) {
				t.Fatalf("%q becomes another block: %q", s, src)
			}
			var plain []string
			got := shown(block, src, &plain)
			got = strings.TrimPrefix(got, "<Emphasis> ")
			if got != want {
				t.Errorf("%q reads as %q, want %q", src, got, want)
			}
			for _, word := range strings.Fields(strings.Join(plain, "")) {
				if active.MatchString(word) {
					t.Errorf("%q: GitHub acts on %q", src, word)
				}
			}
		}
		src := []byte("before\n\n" + Fence(s) + "\n\nafter\n")
		doc := md.Parse(gtext.NewReader(src))
		code, ok := doc.FirstChild().NextSibling().(*ast.FencedCodeBlock)
		if !ok || doc.ChildCount() != 3 || doc.LastChild().Kind() != ast.KindParagraph {
			t.Fatalf("%q leaves its fence: %q", s, src)
		}
		if got := strings.Join(strings.Fields(string(code.Lines().Value(src))), " "); got != strings.Join(strings.Fields(Clean(strings.ReplaceAll(s, "\r", "\n"))), " ") {
			t.Errorf("%q reads as %q in a fence", s, got)
		}
	})
}
