package text

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	gtext "github.com/yuin/goldmark/text"
)

// address finds bare web addresses before anything else can cut them: the
// underscores of https://example.org/_a_ are not emphasis. It is called at
// the colon, the first sign the Markdown parser stops at.
type address struct{}

func (address) Trigger() []byte { return []byte{':'} }

func (address) Parse(parent ast.Node, block gtext.Reader, pc parser.Context) ast.Node {
	line, seg := block.PeekLine()
	before, ok := parent.LastChild().(*ast.Text)
	if !ok || before.Segment.Stop != seg.Start || !bytes.HasPrefix(line, []byte("://")) || pc.IsInLinkLabel() && mayClose(block.Source()[seg.Start:]) {
		return nil
	}
	words := before.Segment.Value(block.Source())
	scheme := len("http")
	if bytes.HasSuffix(words, []byte("https")) {
		scheme = len("https")
	}
	if len(words) < scheme {
		return nil
	}
	if r, _ := utf8.DecodeLastRune(words[:len(words)-scheme]); len(words) > scheme && !boundary(r) {
		return nil
	}
	start := seg.Start - scheme
	n := Address(string(block.Source()[start:seg.Stop]))
	if n == 0 {
		return nil
	}
	before.Segment.Stop = start
	block.Advance(n - scheme)
	link := ast.NewAutoLink(ast.AutoLinkURL, ast.NewTextSegment(gtext.NewSegment(start, start+n)))
	link.SetPos(start)
	return link
}

// mayClose reports whether a bracket that was opened before may close in what is
// left of the paragraph: then these words are a link's, and hold no other.
func mayClose(rest []byte) bool {
	if end := bytes.Index(rest, []byte("\n\n")); end >= 0 {
		rest = rest[:end]
	}
	return bytes.IndexByte(rest, ']') >= 0
}

func boundary(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' }

// Address is the length in bytes of the http or https address that s begins
// with, or 0. Punctuation that ends a sentence is not part of it, nor is a
// closing bracket that it does not open.
func Address(s string) int {
	scheme := strings.Index(s[:min(8, len(s))], "://")
	if scheme < 0 || s[:scheme] != "http" && s[:scheme] != "https" {
		return 0
	}
	end := strings.IndexFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("<>\"`«»“”", r) ||
			unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d' // what turns the line round is not part of it
	})
	if end < 0 {
		end = len(s)
	}
	for end > scheme+3 {
		last, size := utf8.DecodeLastRuneInString(s[:end])
		switch {
		case strings.ContainsRune("?!.,:;*_~'’…", last):
		case last == ')' && strings.Count(s[:end], "(") < strings.Count(s[:end], ")"):
		case last == ']' && strings.Count(s[:end], "[") < strings.Count(s[:end], "]"):
		default:
			return end
		}
		end -= size
	}
	return 0
}
