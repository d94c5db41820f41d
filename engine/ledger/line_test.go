package ledger

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/imprimatur-ci/imprimatur/schema"
)

func random(r *rand.Rand) schema.Receipt {
	word := func() string {
		letters := []rune("abcé/🥐 <&>'\u2028\u0085-_:#")
		if r.IntN(4) == 0 {
			letters = append(letters, '"', '\\', '\n', 0, 0x7f, '\ufffd')
		}
		var b strings.Builder
		for range r.IntN(6) {
			b.WriteRune(letters[r.IntN(len(letters))])
		}
		return b.String()
	}
	at := func() time.Time {
		return time.Unix(r.Int64N(1<<34), r.Int64N(1000)*1e6).In(time.FixedZone("", r.IntN(40000)-20000))
	}
	return schema.Receipt{At: at(), Run: "r" + word(), Post: "p" + word(), Channel: "c" + word(), Part: 1 + r.IntN(100), State: schema.Live,
		Op: word(), Key: word(), Digest: "d" + word(), ID: "i" + word(), URL: word(), Rev: word(), Due: at(), Lease: []time.Time{{}, at()}[r.IntN(2)], Why: word(), To: word(), By: word(),
		Approved: [][]string{nil, {word()}, {word(), "b"}}[r.IntN(3)], Pull: []int{0, 1 + r.IntN(1000)}[r.IntN(2)], Urgent: r.IntN(2) == 0, Freeze: word()}
}

// What is written is read as it was, to the millisecond in UTC, and written
// again as the same bytes; without an escape, it is read quickly.
func TestLinesComeBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var d decoder
	quickly := 0
	for range 20_000 {
		in := random(r)
		var line, again bytes.Buffer
		check(t, encode(&line, in))
		text := bytes.TrimSuffix(line.Bytes(), []byte("\n"))
		var out, fast schema.Receipt
		check(t, slow(text, &out))
		check(t, encode(&again, out))
		if !bytes.Equal(again.Bytes(), line.Bytes()) || bytes.IndexByte(text, '\n') >= 0 || !utf8.Valid(text) {
			t.Fatalf("%s\nwas written again as\n%s", line.Bytes(), again.Bytes())
		}
		if !out.At.Equal(in.At) || out.At.Location() != time.UTC || out.Post != in.Post || out.By != in.By {
			t.Fatalf("%+v\ncame back as\n%+v", in, out)
		}
		switch ok := d.quick(text, &fast); {
		case ok && !reflect.DeepEqual(fast, out):
			t.Fatalf("%s\nis quickly\n%+v, slowly\n%+v", text, fast, out)
		case ok:
			quickly++
		case bytes.IndexByte(text, '\\') < 0:
			t.Fatalf("not read quickly: %s", text)
		}
	}
	if quickly < 500 {
		t.Errorf("only %d were read quickly", quickly)
	}
}

// Whatever the quick decoder takes, encoding/json takes for the same.
func FuzzQuick(f *testing.F) {
	var buf bytes.Buffer
	r := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		buf.Reset()
		if err := encode(&buf, random(r)); err != nil {
			f.Fatal(err)
		}
		f.Add(bytes.TrimSuffix(buf.Bytes(), []byte("\n")))
	}
	head := `{"at":"2027-01-04T07:30:00Z","run":"r","post":"p","channel":"c","part":1,"state":"live"`
	for _, s := range []string{
		head + "}", head + `,"op":""}`, head + "} ", head + "}}", head + `,"key":"a","op":"b"}`, head + `,"op":"a","op":"b"}`, head + `,"due":"2027-02-29T00:00:00Z"}`,
		head + `,"due":"2028-02-29T24:00:00.1234567891Z"}`, head + `,"due":"0000-01-01T00:00:60.5Z"}`, head + `,"due":"2027-01-04T07:30:00+00:00"}`,
		strings.Replace(head, `:1,`, `:01,`, 1) + "}", strings.Replace(head, `:1,`, `:-1,`, 1) + "}", strings.Replace(head, `:1,`, `:1e3,`, 1) + "}", head + `,"approved":[]}`, head + `,"approved":["a",]}`, head + `,"approved":["a","b"],"pull":0,"urgent":false}`, head + ",}", "{," + head[1:] + "}",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var fast, out schema.Receipt
		var d decoder
		if bytes.IndexByte(text, '\n') >= 0 || !d.quick(text, &fast) {
			return
		}
		if err := slow(text, &out); err != nil || !reflect.DeepEqual(fast, out) {
			t.Fatalf("%q is quickly\n%+v, slowly\n%+v, %v", text, fast, out, err)
		}
	})
}

func TestNamesOfFiles(t *testing.T) {
	for name, want := range map[string]string{
		"2027-01.jsonl": "month", "2027-01_002.jsonl": "month", "2027-12_999.jsonl": "month",
		"2027-00.jsonl": "stray", "2027-13.jsonl": "stray", "2027-1.jsonl": "stray", "2027-01_2.jsonl": "stray", "2027-01.jsonl.orig": "stray", "2027-01 (1).jsonl": "stray",
		"2027-01.bak": "stray", "receipts.json": "stray", "README.md": "", "MOVED": "", "lock": "", ".gitignore": "", ".2027-01.jsonl.swp": "", "27": "",
	} {
		got := ""
		switch {
		case isMonth(name) && stray(name):
			got = "both"
		case isMonth(name):
			got = "month"
		case stray(name):
			got = "stray"
		}
		if got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	name := month(start)
	for range 1200 {
		next := following(name)
		if !isMonth(next) || next <= name && next != "2027-01_999.jsonl" {
			t.Fatalf("after %s comes %s", name, next)
		}
		name = next
	}
}
