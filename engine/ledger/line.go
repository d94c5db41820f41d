package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// encode appends the receipt's line to buf, the line's end included. It is the
// same for the same receipt, always.
func encode(buf *bytes.Buffer, r schema.Receipt) error {
	if err := sound(&r); err != nil {
		return fmt.Errorf("a receipt is not sound: %w", err)
	}
	for _, t := range []*time.Time{&r.At, &r.Due, &r.Lease} {
		if !t.IsZero() {
			*t = t.UTC().Truncate(time.Millisecond)
		}
	}
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	return enc.Encode(&r)
}

// A line is a receipt and the bytes that say so, without the line's end.
type line struct {
	text    string
	receipt schema.Receipt
}

func encodeAll(rs []schema.Receipt) ([]line, error) {
	ls := make([]line, len(rs))
	var buf bytes.Buffer
	for i := range rs {
		buf.Reset()
		if err := encode(&buf, rs[i]); err != nil {
			return nil, err
		}
		ls[i] = line{strings.TrimSuffix(buf.String(), "\n"), rs[i]}
	}
	return ls, nil
}

// scan calls each with every receipt of a file. A file that is not whole is a
// *Damage.
func scan(file string, src []byte, each func(text []byte, r *schema.Receipt)) error {
	var d decoder
	return split(file, src, func(text []byte) error {
		var r schema.Receipt
		if !d.quick(text, &r) {
			r = schema.Receipt{}
			if err := slow(text, &r); err != nil {
				return err
			}
		}
		if err := sound(&r); err != nil {
			return err
		}
		each(text, &r)
		return nil
	})
}

// split calls each with every line of a file. What it says is wrong with one
// is a *Damage, as is a file that is not whole.
func split(file string, src []byte, each func(text []byte) error) error {
	for n := 1; len(src) > 0; n++ {
		text, rest, whole := bytes.Cut(src, []byte("\n"))
		if !whole {
			return &Damage{File: file, Line: n, Why: "the last line has no end"}
		}
		if err := each(text); err != nil {
			return &Damage{File: file, Line: n, Why: err.Error()}
		}
		src = rest
	}
	return nil
}

// slow reads any JSON that says the same as what we write, as a person may
// have mended it.
func slow(text []byte, r *schema.Receipt) error {
	return parse(text, r, "receipt")
}

// parse reads one line of JSON into what it says, which people call so.
func parse(text []byte, into any, called string) error {
	for _, mark := range []string{"<<<<<<<", "|||||||", "=======", ">>>>>>>"} {
		if bytes.HasPrefix(text, []byte(mark)) {
			return errors.New("two versions of the file were merged, and nobody finished it (keep the lines of both, and take away those that begin with " + mark + " and the like)")
		}
	}
	if !utf8.Valid(text) {
		return errors.New("it is not text in UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return errors.New("it is not a " + called)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one " + called)
	}
	return nil
}

// A decoder reads the lines that encode writes, five times as fast as
// encoding/json, and leaves everything else to it.
type decoder struct {
	names map[string]string // of runs and channels: few, and on every line
}

// quick reads a line if it is to the letter as encode writes it, without an
// escape in any text. Otherwise r is rubbish.
func (d *decoder) quick(text []byte, r *schema.Receipt) bool {
	if !utf8.Valid(text) {
		return false
	}
	s, ok := strings.CutPrefix(string(text), "{") // the receipt's texts share this one string
	first := true
	for _, f := range []struct {
		name string
		text *string
		time *time.Time
		list *[]string
		num  *int
		flag *bool
		once bool // few values: not worth a whole line's memory
		must bool // also where it is empty
	}{
		{name: `"at":`, time: &r.At, must: true},
		{name: `"run":`, text: &r.Run, once: true, must: true},
		{name: `"post":`, text: &r.Post, must: true},
		{name: `"channel":`, text: &r.Channel, once: true, must: true},
		{name: `"part":`, num: &r.Part, must: true},
		{name: `"state":`, text: (*string)(&r.State), once: true, must: true},
		{name: `"op":`, text: &r.Op, once: true},
		{name: `"key":`, text: &r.Key},
		{name: `"digest":`, text: &r.Digest},
		{name: `"id":`, text: &r.ID},
		{name: `"url":`, text: &r.URL},
		{name: `"rev":`, text: &r.Rev},
		{name: `"due":`, time: &r.Due},
		{name: `"lease":`, time: &r.Lease},
		{name: `"why":`, text: &r.Why},
		{name: `"to":`, text: &r.To},
		{name: `"by":`, text: &r.By},
		{name: `"approved":`, list: &r.Approved},
		{name: `"pull":`, num: &r.Pull},
		{name: `"urgent":`, flag: &r.Urgent},
		{name: `"freeze":`, text: &r.Freeze, once: true},
	} {
		if !ok {
			return false
		}
		at := s
		if !first && !strings.HasPrefix(at, ",") {
			continue
		}
		if !first {
			at = at[1:]
		}
		if at, ok = strings.CutPrefix(at, f.name); !ok {
			if ok = !f.must; !ok {
				return false
			}
			continue
		}
		switch first = false; {
		case f.text != nil:
			*f.text, s, ok = plain(at)
			if f.once {
				*f.text = d.intern(*f.text)
			}
		case f.time != nil:
			*f.time, s, ok = moment(at)
		case f.list != nil:
			*f.list, s, ok = d.texts(at)
		case f.flag != nil:
			s, ok = strings.CutPrefix(at, "true")
			*f.flag = ok
		default:
			*f.num, s, ok = number(at)
		}
	}
	return ok && s == "}"
}

// texts reads a list of texts, which has one at least.
func (d *decoder) texts(s string) (list []string, rest string, ok bool) {
	for sep := "["; ; sep = "," {
		if s, ok = strings.CutPrefix(s, sep); !ok {
			break
		}
		var text string
		if text, s, ok = plain(s); !ok {
			return nil, s, false
		}
		list = append(list, d.intern(text))
	}
	rest, ok = strings.CutPrefix(s, "]")
	return list, rest, ok && len(list) > 0
}

func (d *decoder) intern(s string) string {
	if known, ok := d.names[s]; ok {
		return known
	}
	if d.names == nil || len(d.names) >= 1000 {
		d.names = map[string]string{}
	}
	s = strings.Clone(s)
	d.names[s] = s
	return s
}

// plain reads a text without escapes.
func plain(s string) (text, rest string, ok bool) {
	if s == "" || s[0] != '"' {
		return "", s, false
	}
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return s[1:i], s[i+1:], true
		case c == '\\' || c < ' ':
			return "", s, false
		}
	}
	return "", s, false
}

func number(s string) (n int, rest string, ok bool) {
	i := 0
	for ; i < len(s) && i < 9 && s[i] >= '0' && s[i] <= '9'; i++ {
		n = n*10 + int(s[i]-'0')
	}
	return n, s[i:], i > 0 && (s[0] != '0' || i == 1)
}

// moment reads a time as "2027-01-04T07:30:00.123Z".
func moment(s string) (t time.Time, rest string, ok bool) {
	const form = `"0000-00-00T00:00:00`
	if len(s) < len(form)+2 {
		return t, s, false
	}
	var n [6]int // year, month, day, hour, minute, second
	field := 0
	for i := range len(form) {
		switch c := s[i]; {
		case form[i] != '0':
			if c != form[i] {
				return t, s, false
			}
			if i > 0 {
				field++
			}
		case c < '0' || c > '9':
			return t, s, false
		default:
			n[field] = n[field]*10 + int(c-'0')
		}
	}
	s = s[len(form):]
	nano, scale := 0, 100_000_000
	if s[0] == '.' {
		i := 1
		for ; i < len(s) && i < 10 && s[i] >= '0' && s[i] <= '9'; i++ {
			nano += int(s[i]-'0') * scale
			scale /= 10
		}
		if i == 1 {
			return t, s, false
		}
		s = s[i:]
	}
	if !strings.HasPrefix(s, `Z"`) || n[1] < 1 || n[1] > 12 || n[2] < 1 || n[2] > 28 && n[2] > days(n[0], n[1]) || n[3] > 23 || n[4] > 59 || n[5] > 59 {
		return t, s, false
	}
	return time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], nano, time.UTC), s[2:], true
}

func days(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
