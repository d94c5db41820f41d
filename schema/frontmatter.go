package schema

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// MaxFile is the size in bytes above which a file is not read.
const MaxFile = 1 << 20

// Clean makes a file's bytes readable: no byte order mark, line ends as \n. It
// answers with problems, and no bytes, when the file cannot be text.
func Clean(file string, src []byte) ([]byte, []Problem) {
	problem := func(p Pos, check, text string) ([]byte, []Problem) {
		return nil, []Problem{{Pos: p, Check: check, Severity: Error, Text: text}}
	}
	switch start := (Pos{file, 1, 1}); {
	case len(src) > MaxFile:
		return problem(start, "file/too-large", fmt.Sprintf("the file is larger than %d KiB; a post or a list is much smaller, so check what got in", MaxFile>>10))
	case bytes.HasPrefix(src, []byte{0xFF, 0xFE}), bytes.HasPrefix(src, []byte{0xFE, 0xFF}):
		return problem(start, "file/encoding", "the file is UTF-16; save it as UTF-8")
	}
	src = bytes.TrimPrefix(src, []byte("\uFEFF"))
	if bytes.IndexByte(src, '\r') >= 0 {
		src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
		src = bytes.ReplaceAll(src, []byte("\r"), []byte("\n"))
	}
	if i := firstInvalid(src); i >= 0 {
		return problem(PosAt(file, src, i, 0), "file/encoding", fmt.Sprintf("byte %#x is not UTF-8, it looks like an older encoding; save the file as UTF-8", src[i]))
	}
	if i := bytes.IndexByte(src, 0); i >= 0 {
		return problem(PosAt(file, src, i, 0), "file/encoding", "a zero byte, which no text has; save the file as UTF-8 text, or remove it if it is something else")
	}
	return src, nil
}

func firstInvalid(src []byte) int {
	if utf8.Valid(src) {
		return -1
	}
	for i := 0; i < len(src); {
		r, n := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// FrontMatter parts a cleaned post into its YAML and its Markdown. Body is
// where the Markdown begins in src.
func FrontMatter(file string, src []byte) (front Source, body int, ps []Problem) {
	front = Source{File: file, Line: 1}
	line, rest, _ := bytes.Cut(src, []byte("\n"))
	if !fence(line) {
		text := "a post begins with a line ---, its settings, and another line ---; add them above the text"
		if first, _, _ := bytes.Cut(bytes.TrimSpace(src), []byte("\n")); fence(first) {
			text = "the line --- before the settings must be the first of the file, and begin with no blank; remove what stands before it"
		}
		return front, 0, []Problem{{Pos: Pos{file, 1, 1}, Check: "front-matter/missing", Severity: Error, Text: text}}
	}
	start := len(src) - len(rest)
	for at := start; at < len(src); {
		end := len(src)
		if i := bytes.IndexByte(src[at:], '\n'); i >= 0 {
			end = at + i
		}
		if fence(src[at:end]) {
			front.YAML = src[start:at]
			return front, min(end+1, len(src)), nil
		}
		at = end + 1
	}
	return front, 0, []Problem{{Pos: Pos{file, 1, 1}, Check: "front-matter/unclosed", Severity: Error,
		Text: "the settings that begin here never end; close them with a line --- before the text"}}
}

// fence reports whether a line bounds the settings.
func fence(line []byte) bool { return string(bytes.TrimRight(line, " \t")) == "---" }
