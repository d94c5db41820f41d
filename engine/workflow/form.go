package workflow

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// Field is one of the form.
type Field string

// The fields, in the form's order. The text is last: whatever it says, it
// cannot be taken for another field.
const (
	Title    Field = "title"
	Channels Field = "channels"
	When     Field = "when"
	Alt      Field = "alt"
	Text     Field = "text"
)

// labels are what people read above a field, and what GitHub puts above the
// answer: English and French.
var labels = map[Field]map[bool]string{
	Title:    {false: "Title", true: "Titre"},
	Channels: {false: "Where", true: "Où"},
	When:     {false: "When", true: "Quand"},
	Alt:      {false: "What the pictures show", true: "Ce que montrent les images"},
	Text:     {false: "The text", true: "Le texte"},
}

var order = []Field{Title, Channels, When, Alt, Text}

// A Proposal is a filled form.
type Proposal struct {
	Title    string
	Channels []string
	At       string // as schema.ParseTime reads it; "" for a draft
	Alt      string
	Text     string
	Pictures []string // addresses of what was dragged into the text, which does not have them any more
}

// The most that a form may hold, in bytes, characters and pictures.
const (
	maxForm     = 64 << 10
	maxTitle    = 200
	maxAlt      = 1000
	maxText     = 20_000
	maxPictures = 10
)

// none is what GitHub writes for an answer that was not given.
const none = "_No response_"

// Read reads the body of an issue that the form wrote. Known are the channels
// of the workspace. The error is for the person who filled it, and says all
// that is wrong.
func Read(body string, known []string) (Proposal, error) {
	answers, err := split(body)
	if err != nil {
		return Proposal{}, err
	}
	var wrong []error
	say := func(f Field, format string, args ...any) {
		wrong = append(wrong, fmt.Errorf("%s: %w", label(answers, f), fmt.Errorf(format, args...)))
	}
	p := Proposal{Title: answers[Title].text, At: answers[When].text, Alt: answers[Alt].text}
	for _, f := range []struct {
		field Field
		text  string
		most  int
	}{{Title, p.Title, maxTitle}, {Alt, p.Alt, maxAlt}} {
		switch {
		case strings.ContainsAny(f.text, "\n"):
			say(f.field, "one line, please")
		case strange(f.text):
			say(f.field, "it holds a character that cannot be shown; write it again, without pasting")
		case utf8.RuneCountInString(f.text) > f.most:
			say(f.field, "it is longer than %d characters; shorten it", f.most)
		}
	}
	if p.Title == "" {
		say(Title, "it is missing")
	}
	for line := range strings.SplitSeq(answers[Channels].text, "\n") {
		m := box.FindStringSubmatch(strings.TrimSpace(line))
		switch {
		case strings.TrimSpace(line) == "":
		case m == nil:
			say(Channels, "tick the boxes, and write nothing else there")
		case m[1] == " ":
		case !slices.Contains(known, m[2]):
			say(Channels, "%s", schema.NotKnown("channel", m[2], known))
		default:
			p.Channels = append(p.Channels, m[2])
		}
	}
	if slices.Sort(p.Channels); len(slices.Compact(slices.Clone(p.Channels))) < len(p.Channels) {
		say(Channels, "one stands there twice")
	}
	if p.At != "" {
		if _, err := schema.ParseTime(p.At); err != nil {
			say(When, "%w", err)
		}
	}
	p.Text, p.Pictures = pictures(answers[Text].text)
	switch {
	case strings.TrimSpace(p.Text) == "":
		say(Text, "it is missing")
	case utf8.RuneCountInString(p.Text) > maxText:
		say(Text, "it is longer than %d characters; shorten it", maxText)
	case strange(strings.ReplaceAll(p.Text, "\n", "")):
		say(Text, "it holds a character that cannot be shown; write it again, without pasting")
	}
	switch {
	case len(p.Pictures) > maxPictures:
		say(Text, "%d pictures; %d is the most", len(p.Pictures), maxPictures)
	case len(p.Pictures) > 0 && p.Alt == "":
		say(Alt, "say what the pictures show, for people who cannot see them")
	}
	return p, errors.Join(wrong...)
}

var (
	box     = regexp.MustCompile(`^- \[([ xX])\] (.+)$`)
	heading = regexp.MustCompile(`^### (.+)$`)
	// what GitHub puts where a picture is dragged to
	dragged = regexp.MustCompile(`^(?:!\[[^\]]*\]\((https://github\.com/user-attachments/assets/[0-9a-f-]{36})\)|<img [^>]*src="(https://github\.com/user-attachments/assets/[0-9a-f-]{36})"[^>]*>)$`)
)

type answer struct{ label, text string }

func label(answers map[Field]answer, f Field) string {
	if a, ok := answers[f]; ok {
		return a.label
	}
	return labels[f][false]
}

// split finds the answers: "### Label", an empty line, the answer, as GitHub
// writes a filled form. Each comes where the form has it.
func split(body string) (map[Field]answer, error) {
	if len(body) > maxForm || !utf8.ValidString(body) {
		return nil, fmt.Errorf("the form is longer than %d bytes, or no text", maxForm)
	}
	lines := strings.Split(strings.ReplaceAll(body, "\r\n", "\n"), "\n")
	answers := map[Field]answer{}
	next := 0
	var now Field
	var text []string
	end := func() {
		if s := strings.TrimSpace(strings.Join(text, "\n")); now != "" && s != none {
			a := answers[now]
			a.text = s
			answers[now] = a
		}
		text = nil
	}
	for _, line := range lines {
		if m := heading.FindStringSubmatch(line); m != nil && next < len(order) {
			if f := order[next]; m[1] == labels[f][false] || m[1] == labels[f][true] {
				end()
				now, answers[f] = f, answer{label: m[1]}
				next++
				continue
			}
		}
		text = append(text, line)
	}
	end()
	if next < len(order) {
		return nil, fmt.Errorf("this is not the form as it was: «%s» is missing; open a new one, and leave its headings", labels[order[next]][false])
	}
	return answers, nil
}

// pictures takes what was dragged into a text out of it.
func pictures(s string) (text string, found []string) {
	var kept []string
	for line := range strings.SplitSeq(s, "\n") {
		if m := dragged.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			found = append(found, m[1]+m[2])
			continue
		}
		kept = append(kept, line)
	}
	return strings.TrimSpace(strings.Join(kept, "\n")), found
}

// strange reports whether a line holds what an editor shows as nothing, or
// turns around.
func strange(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return r < ' ' && r != '\t' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x2028 || r == 0x2029 || r == 0xfeff
	})
}

// Post is the file of a proposal.
func (p Proposal) Post() string {
	var b strings.Builder
	b.WriteString("---\n" + schema.Modeline("post") + "\ntitle: " + schema.Quote(p.Title) + "\n")
	if p.At != "" {
		b.WriteString("publish_at: " + p.At + "\n")
	}
	quoted := make([]string, len(p.Channels))
	for i, c := range p.Channels {
		quoted[i] = schema.Quote(c)
	}
	if len(quoted) > 0 {
		b.WriteString("channels: [" + strings.Join(quoted, ", ") + "]\n")
	}
	b.WriteString("---\n\n" + p.Text + "\n")
	return b.String()
}
