package plan

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// BenchmarkLargeLedger loads a ledger of 100,000 receipts and plans 10,000
// wishes against it: threads of five parts that are up, of which some changed,
// and some are not wished any more. Both together are to take under a second.
func BenchmarkLargeLedger(b *testing.B) {
	const posts, parts, changed, vanished = 10_000, 5, 100, 100
	root, err := os.OpenRoot(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	home := ledger.NewFolder(root, "l")
	var rs []schema.Receipt
	var wishes []Wish
	for i := range posts {
		w := wish(full, -time.Duration(posts-i)*time.Minute)
		w.Post = fmt.Sprintf("2027/post-%05d", i)
		for part := 1; part <= parts; part++ {
			r := schema.Receipt{At: w.Due, Run: fmt.Sprint("8142-", i/20), Post: w.Post, Channel: w.Channel.Name, Part: part, State: schema.Intent, Op: "publish",
				Key: fmt.Sprintf("%025x", i*parts+part), Digest: fmt.Sprintf("sha256:%064x", i*parts+part), Due: w.Due, Lease: w.Due.Add(15 * time.Minute)}
			rs = append(rs, r)
			r.State, r.ID, r.URL, r.Lease = schema.Live, fmt.Sprint(i*parts+part), fmt.Sprintf("https://p.example/@dupain/%d", i*parts+part), time.Time{}
			rs = append(rs, r)
			w.Digests = append(w.Digests, r.Digest)
		}
		if i < changed {
			w.Digests[0] = "sha256:changed"
		}
		if i < posts-vanished {
			wishes = append(wishes, w)
		} else { // as many that are not due yet
			wishes = append(wishes, named(wish(full, time.Hour, "sha256:new"), fmt.Sprint("new-", i)))
		}
	}
	if err := home.Record(b.Context(), rs); err != nil {
		b.Fatal(err)
	}
	var load, planned time.Duration
	for b.Loop() {
		t := time.Now()
		l, err := home.Read(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		load += time.Since(t)
		t = time.Now()
		p := Make(Input{Wishes: wishes, Ledger: l, Now: now, Channels: []*platform.Channel{full}})
		planned += time.Since(t)
		if p.Count(Edit) != changed || p.Count(Wait) != vanished {
			b.Fatalf("%d edits, %d waits, %d others", p.Count(Edit), p.Count(Wait), len(p.Actions)-p.Count(Edit, Wait))
		}
	}
	b.ReportMetric(float64(load.Microseconds())/1000/float64(b.N), "load-ms")
	b.ReportMetric(float64(planned.Microseconds())/1000/float64(b.N), "plan-ms")
}
