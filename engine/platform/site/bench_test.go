package site

import (
	"fmt"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// many is a site of n posts, made page by page without the lists between.
func many(t testing.TB, n int) *workspace {
	t.Helper()
	w := newWorkspace(t)
	w.publish(numbered(0))
	dir, err := w.conn.folder()
	if err != nil {
		t.Fatal(err)
	}
	defer dir.root.Close()
	ix := w.conn.index
	for i := 1; i < n; i++ {
		a := numbered(i)
		p, err := w.conn.compose(a, nil, address(a.Part.Post, a.Key)+".html", nil)
		if err != nil {
			t.Fatal(err)
		}
		ix.Pages = append(ix.Pages, &p.entry)
		if i < n-40 {
			continue // only the newest are read again
		}
		data, err := w.conn.render(p)
		if err == nil {
			err = dir.write(p.Page, data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, j := 0, len(ix.Pages)-1; i < j; i, j = i+1, j-1 {
		ix.Pages[i], ix.Pages[j] = ix.Pages[j], ix.Pages[i]
	}
	if err := w.conn.commit(dir, ix, nil, ix.Pages[0]); err != nil {
		t.Fatal(err)
	}
	w.open()
	return w
}

func numbered(i int) platform.Attempt {
	at := time.Date(2017, 1, 1, 8, 0, 0, 0, time.UTC).Add(time.Duration(i) * 7 * time.Hour)
	return attempt(fmt.Sprintf("%d/billet-%d", at.Year(), i), at.Format("2006-01-02 15:04"),
		fmt.Sprintf("Billet numéro %d. Rien de nouveau sous le four, sinon le pain, qui est toujours nouveau, et qui le sera encore demain matin quand le rideau se lèvera.", i),
		func(p *platform.Part) {
			p.Title = fmt.Sprintf("Carnet du fournil, numéro %d", i)
			p.Tags = []string{"carnet", fmt.Sprintf("thème %d", i%150), fmt.Sprintf("an %d", i%11)}
		})
}

func BenchmarkPublish(b *testing.B) {
	for _, n := range []int{100, 10_000} {
		w := many(b, n)
		w.publish(numbered(n))
		b.Run(fmt.Sprintf("of %d", n), func(b *testing.B) {
			for b.Loop() {
				n++
				w.publish(numbered(n))
			}
		})
		b.Run(fmt.Sprintf("first of a run, of %d", n), func(b *testing.B) {
			for b.Loop() {
				n++
				w.open()
				w.publish(numbered(n))
			}
		})
	}
}
