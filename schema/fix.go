package schema

import (
	"bytes"
	"cmp"
	"slices"
	"sort"
)

// A Fix is what mends a problem: edits of the file that it is in. JSON only
// says that there is one.
type Fix []Edit

// An Edit puts Text in the place of the bytes from Start to End of a file, as
// they are on disk.
type Edit struct {
	Start, End int
	Text       string
}

// MarshalJSON writes true for a fix.
func (f Fix) MarshalJSON() ([]byte, error) {
	if len(f) == 0 {
		return []byte("false"), nil
	}
	return []byte("true"), nil
}

// Mend applies the fixes of a file's problems to its bytes, each whole. One
// that meets another stays for the next time; done says of each problem
// whether it was mended.
func Mend(src []byte, ps []Problem) (out []byte, done []bool) {
	type edit struct {
		Edit
		of int
	}
	var edits []edit
	done = make([]bool, len(ps))
	for i, p := range ps {
		done[i] = len(p.Fix) > 0
		for _, e := range p.Fix {
			edits = append(edits, edit{e, i})
		}
	}
	slices.SortStableFunc(edits, func(a, b edit) int { return cmp.Or(a.Start-b.Start, a.End-b.End) })
	start, end := -1, 0
	for _, e := range edits {
		switch {
		case !done[e.of]:
		case e.Start < end || e.Start == start || e.End < e.Start || e.End > len(src):
			done[e.of] = false
		default:
			start, end = e.Start, e.End
		}
	}
	at := 0
	for _, e := range edits {
		if done[e.of] {
			out = append(append(out, src[at:e.Start]...), e.Text...)
			at = e.End
		}
	}
	return append(out, src[at:]...), done
}

// A Raw is a file as it is on disk, before Clean.
type Raw struct {
	bom   int
	drops []int // for each \r\n, where its \n is in what Clean makes of it
}

// Before looks at a file that is about to be cleaned.
func Before(src []byte) Raw {
	var r Raw
	if bytes.HasPrefix(src, []byte("\uFEFF")) {
		r.bom = len("\uFEFF")
	}
	src = src[r.bom:]
	for at := 0; ; {
		i := bytes.Index(src[at:], []byte("\r\n"))
		if i < 0 {
			return r
		}
		r.drops = append(r.drops, at+i-len(r.drops))
		at += i + 2
	}
}

// At is where byte i of the cleaned file is on disk.
func (r Raw) At(i int) int { return r.bom + i + sort.SearchInts(r.drops, i) }
