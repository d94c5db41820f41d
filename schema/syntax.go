package schema

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// parse reads the one document of the source into nodes, or says why it
// cannot. What holds nothing is an empty mapping, so that the validator names
// what is missing.
func (d *decoder) parse() *yaml.Node {
	src := d.src.YAML
	if i := strange(src); i >= 0 {
		r, _ := utf8.DecodeRune(src[i:])
		d.problem(d.offset(i), "yaml/character", "an invisible character (%U), which YAML does not take; delete it", r)
		return nil
	}
	docs, err := documents(src)
	switch {
	case err != nil:
		d.syntax(err)
		return nil
	case len(docs) > 1:
		d.problem(d.offset(secondDocument(src, docs[1].Line)), "yaml/documents", "a second document begins here; keep one in a file, without a line --- inside it")
		return nil
	case len(docs) == 0 || len(docs[0].Content) == 0 || docs[0].Content[0].ShortTag() == "!!null" && docs[0].Content[0].Value == "":
		return &yaml.Node{Kind: yaml.MappingNode, Line: 1, Column: 1}
	}
	return docs[0].Content[0]
}

// documents reads at most two documents. The library panics on some input it
// does not expect; that too is an error of the file.
func documents(src []byte) (docs []*yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	for dec := yaml.NewDecoder(bytes.NewReader(src)); len(docs) < 2; {
		doc := new(yaml.Node)
		if err := dec.Decode(doc); errors.Is(err, io.EOF) {
			return docs, nil
		} else if err != nil {
			return docs, err
		}
		docs = append(docs, doc)
	}
	return docs, nil
}

// secondDocument finds the line of --- that the second document, whose content
// may begin far below, stands under.
func secondDocument(src []byte, line int) int {
	at, found := 0, 0
	for l := range bytes.Lines(src) {
		if line--; line < 0 && found > 0 {
			break
		}
		if bytes.HasPrefix(l, []byte("---")) && at > 0 {
			found = at
		}
		at += len(l)
	}
	return found
}

// strange finds a character that YAML refuses, or that it takes for the end of
// a line where no editor shows one. It returns -1 where there is none.
func strange(src []byte) int {
	for i := 0; i < len(src); {
		r, n := utf8.DecodeRune(src[i:])
		switch {
		case r < ' ' && r != '\t' && r != '\n' && r != '\r', r >= 0x7f && r < 0xa0,
			r == 0x2028, r == 0x2029, r == 0xfeff, r == 0xfffe, r == 0xffff, r == utf8.RuneError && n == 1:
			return i
		}
		i += n
	}
	return -1
}

// syntax reports an error of the YAML library in plain words.
func (d *decoder) syntax(err error) {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		line, _ = strconv.Atoi(m[1])
		text = m[2]
	}
	start, content := d.failing(line)
	blank := len(content) - len(bytes.TrimLeft(content, " \t"))
	if i := bytes.IndexByte(content[:blank], '\t'); i >= 0 {
		d.problem(d.offset(start+i), "yaml/tab", "a tab cannot indent YAML; use spaces")
		return
	}
	key, value := content[:blank], content[blank:]
	if i := bytes.Index(content, []byte(": ")); i >= 0 {
		value = bytes.TrimLeft(content[i+2:], " ")
		key = content[:len(content)-len(value)]
	}
	say, ofValue := plainly(text, string(content), string(value))
	if !ofValue {
		key = content[:blank]
	}
	d.problem(d.offset(start+len(key)), "yaml/syntax", "%s", say)
}

var yamlLine = regexp.MustCompile(`(?s)^(?:yaml: )?line (\d+): (.*)`)

// failing finds the line that the source cannot be read beyond, and where it
// begins: the first one after all that can be read by itself. The library's
// own line is often another one; it has to do where looking would take long.
func (d *decoder) failing(line int) (int, []byte) {
	lines := bytes.SplitAfter(d.src.YAML, []byte("\n"))
	line = max(1, min(line, len(lines)))
	start := 0
	for _, l := range lines[:line-1] {
		start += len(l)
	}
	if len(lines) <= 400 && len(d.src.YAML) <= 1<<16 {
		start = len(d.src.YAML)
		for line = len(lines); line > 1; line-- {
			start -= len(lines[line-1])
			if _, err := documents(d.src.YAML[:start]); err == nil {
				break
			}
		}
		if line == 1 {
			start = 0
		}
	}
	return start, bytes.TrimRight(lines[line-1], "\n")
}

// plainly says what a YAML error means for the line it is about, and whether
// that is about the line's value.
func plainly(text, line, value string) (say string, ofValue bool) {
	has := func(s string) bool { return strings.Contains(text, s) }
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(value, "-[{ "))
	switch {
	case strings.HasPrefix(line, "%"):
		return "a line cannot begin with %; indent it, or put the value in quotes", false
	case has("cannot start any token"):
		return fmt.Sprintf("a value cannot begin with %c; put it in quotes", first), true
	case has("mapping values are not allowed"):
		if strings.Contains(value, ": ") {
			return "a colon inside a value; put the whole value in quotes", true
		}
		return "this line does not go on from the one above; check its indentation, and that the one above is key: value", false
	case has("could not find expected ':'"), has("did not find expected <document start>"):
		return "this line is not key: value, or is not indented as the lines above; check both", false
	case has("block sequence entries are not allowed"):
		return "a list cannot begin beside its key; begin it on a line of its own, or write it as [one, two]", true
	case has("did not find expected '-' indicator"):
		return "this line is no entry of the list above it; begin it with - or indent it as the keys are", false
	case has("expected ',' or ']'"), has("expected ',' or '}'"):
		if strings.Contains(line, " #") || strings.Contains(line, "[#") {
			return "a # begins a comment, so that the bracket is never closed; leave the # out, or put the word in quotes", true
		}
		return "a bracket that opens here is never closed, or a comma is missing; write [one, two] or {key: value}", true
	case has("did not find expected node content"):
		return "a value is missing between the signs here; write one, or remove a comma or a bracket", true
	case has("found unexpected end of stream"), has("found unexpected document indicator"):
		return "a quote that opens here is never closed; close it, or put the value in quotes of the other kind", true
	case has("did not find expected alphabetic") && first != '*' && first != '&', has("did not find expected key") && strings.ContainsRune(`"'`, first):
		return "the value goes on after its closing quote; put the whole of it in quotes of the other kind", true
	case has("unknown anchor"), has("did not find expected alphabetic"):
		return "a value cannot begin with * or &; put it in quotes", true
	case has("escape character"), has("hexdecimal"), has("invalid Unicode character escape"):
		return "a backslash inside double quotes has a meaning of its own; write it twice, or use single quotes", true
	case has("did not find expected comment or line break"):
		return "nothing can follow | or > on its line; begin the text on the next one, indented", true
	case has("tag"):
		return "a value that begins with ! is read as a YAML tag; put it in quotes", true
	case has("exceeded max depth"):
		return "brackets or lists in one another thousands deep; write it flat", false
	case has("did not find expected key"):
		return "this line does not go on from the one above; check its indentation, and the quotes of the value before it", false
	}
	return "this is not YAML; compare the line and the one above it with the examples", false
}
