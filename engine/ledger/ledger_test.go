package ledger

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/schema"
)

var start = time.Date(2027, 1, 4, 7, 30, 0, 0, time.UTC)

func receipt(post string, part int, state schema.State) schema.Receipt {
	return schema.Receipt{At: start, Run: "r1", Post: post, Channel: "m", Part: part, State: state, Op: "publish", Key: "k", Digest: "sha256:x", ID: "7"}
}

func folder(t *testing.T) (*Folder, string) {
	t.Helper()
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return NewFolder(root, ".imprimatur/ledger"), filepath.Join(dir, ".imprimatur", "ledger", "2027-01.jsonl")
}

func TestFolderKeepsReceipts(t *testing.T) {
	f, file := folder(t)
	ctx := t.Context()
	l, err := f.Read(ctx)
	if err != nil || len(l.Entries()) != 0 {
		t.Fatalf("an absent ledger: %v, %v", l, err)
	}
	if err := f.Intend(ctx, l.Tip, []schema.Receipt{receipt("a", 1, schema.Intent), receipt("é/b", 1, schema.Intent)}); err != nil {
		t.Fatal(err)
	}
	if err := f.Record(ctx, []schema.Receipt{receipt("a", 1, schema.Live)}); err != nil {
		t.Fatal(err)
	}
	l, err = f.Read(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if e := l.Of("a", "m"); e == nil || !e.Live() || e.Pending() {
		t.Errorf("a is %+v", e)
	}
	if e := l.Of("é/b", "m"); e == nil || e.Live() || !e.Pending() {
		t.Errorf("é/b is %+v", e)
	}
	src, _ := os.ReadFile(file)
	const want = `{"at":"2027-01-04T07:30:00Z","run":"r1","post":"é/b","channel":"m","part":1,"state":"intent","op":"publish","key":"k","digest":"sha256:x","id":"7"}`
	if line := strings.Split(string(src), "\n")[1]; line != want {
		t.Errorf("a line is\n%s\nwant\n%s", line, want)
	}
}

func TestIntendIsACompareAndSwap(t *testing.T) {
	f, _ := folder(t)
	ctx := t.Context()
	old, _ := f.Read(ctx)
	if err := f.Intend(ctx, old.Tip, []schema.Receipt{receipt("a", 1, schema.Intent)}); err != nil {
		t.Fatal(err)
	}
	if err := f.Intend(ctx, old.Tip, []schema.Receipt{receipt("b", 1, schema.Intent)}); !errors.Is(err, ErrConflict) {
		t.Fatalf("a stale tip: %v, want a conflict", err)
	}
	if l, _ := f.Read(ctx); l.Of("b", "m") != nil {
		t.Error("the loser wrote")
	}
}

// Of runs that start from the same tip, exactly one writes.
func TestOneOfManyWins(t *testing.T) {
	f, _ := folder(t)
	for round := range 20 {
		l, err := f.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for i := range 4 {
			wg.Go(func() {
				switch err := f.Intend(t.Context(), l.Tip, []schema.Receipt{receipt(fmt.Sprint(round, i), 1, schema.Intent)}); {
				case err == nil:
					mu.Lock()
					won++
					mu.Unlock()
				case !errors.Is(err, ErrConflict):
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won != 1 {
			t.Fatalf("round %d: %d runs won", round, won)
		}
	}
}

func TestDamageIsRefusedWithItsPlace(t *testing.T) {
	good := `{"at":"2027-01-04T07:30:00Z","run":"r1","post":"a","channel":"m","part":1,"state":"intent"}` + "\n"
	for name, bad := range map[string]string{
		"cut":       good[:40],
		"no end":    strings.TrimSuffix(good, "\n"),
		"not JSON":  "<<<<<<< HEAD\n",
		"unknown":   strings.Replace(good, `"run"`, `"rum"`, 1),
		"state":     strings.Replace(good, "intent", "sent", 1),
		"part":      strings.Replace(good, `"part":1`, `"part":0`, 1),
		"live":      strings.Replace(good, "intent", "live", 1),
		"two":       strings.TrimSuffix(good, "\n") + " " + good,
		"empty":     "\n",
		"no time":   strings.Replace(good, "2027-01-04T07:30:00Z", "0001-01-01T00:00:00Z", 1),
		"huge part": strings.Replace(good, `"part":1`, `"part":999999999`, 1),
	} {
		f, file := folder(t)
		if err := f.Record(t.Context(), []schema.Receipt{receipt("a", 1, schema.Intent)}); err != nil {
			t.Fatal(err)
		}
		w, _ := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
		w.WriteString(bad)
		w.Close()
		if _, err := f.Read(t.Context()); err == nil || !strings.Contains(err.Error(), "2027-01.jsonl:2:") {
			t.Errorf("%s: got %v, want a refusal that names line 2", name, err)
		}
	}
}

func TestReadOnlyLedgerSaysSo(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere")
	}
	f, file := folder(t)
	if err := f.Record(t.Context(), []schema.Receipt{receipt("a", 1, schema.Intent)}); err != nil {
		t.Fatal(err)
	}
	os.Chmod(file, 0o444)
	if err := f.Record(t.Context(), []schema.Receipt{receipt("a", 1, schema.Live)}); err == nil || !strings.Contains(err.Error(), "cannot write the ledger") {
		t.Errorf("got %v", err)
	}
}

func TestWaitsForTheLockOnlyAsLongAsAsked(t *testing.T) {
	f, _ := folder(t)
	hold := make(chan struct{})
	held := make(chan struct{})
	go f.locked(context.Background(), func() error { close(held); <-hold; return nil })
	<-held
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Millisecond)
	defer cancel()
	if err := f.Record(ctx, []schema.Receipt{receipt("a", 1, schema.Live)}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	close(hold)
}

func TestMovedKeepsWhatIsKnown(t *testing.T) {
	l := New(receipt("old", 1, schema.Live), schema.Receipt{At: start, Run: "r", Post: "old", Channel: "m", State: schema.Moved, To: "new"})
	if l.Of("old", "m") != nil || l.Of("new", "m") == nil || !l.Of("new", "m").Live() {
		t.Errorf("entries: %+v", l.Entries())
	}
}

func FuzzReplay(f *testing.F) {
	f.Add([]byte(`{"at":"2027-01-04T07:30:00Z","run":"r1","post":"a","channel":"m","part":1,"state":"intent"}` + "\n"))
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		l := New()
		if scan("x", src, func(_ []byte, r *schema.Receipt) { l.add(r) }) != nil {
			return
		}
		for _, e := range l.Entries() {
			e.Live()
			e.Pending()
		}
	})
}

// many are receipts as they are in a ledger: an intent and its outcome.
func many(n int) []schema.Receipt {
	var rs []schema.Receipt
	for i := range n / 2 {
		r := schema.Receipt{At: start.Add(time.Duration(i) * time.Minute), Run: fmt.Sprint("8142-", i/20), Post: fmt.Sprintf("2027/post-%d", i), Channel: "mastodon",
			Part: 1, State: schema.Intent, Op: "publish", Key: fmt.Sprintf("%032x", i), Digest: fmt.Sprintf("sha256:%064x", i)}
		r.Due, r.Lease = r.At, r.At.Add(15*time.Minute)
		rs = append(rs, r)
		r.At, r.State, r.ID, r.URL, r.Lease = r.At.Add(1234*time.Millisecond), schema.Live, fmt.Sprint(110000000000000000+i), fmt.Sprintf("https://mastodon.example/@dupain/%d", 110000000000000000+i), time.Time{}
		rs = append(rs, r)
	}
	return rs
}

func BenchmarkRead(b *testing.B) {
	root, err := os.OpenRoot(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	f := NewFolder(root, "l")
	if err := f.Record(b.Context(), many(100_000)); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.Read(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// A reader that comes while another run is in the middle of its line waits for
// the rest of it.
func TestFolderReadWhileALineIsWritten(t *testing.T) {
	f, file := folder(t)
	if err := f.Record(t.Context(), []schema.Receipt{receipt("a", 1, schema.Live), receipt("b", 1, schema.Live)}); err != nil {
		t.Fatal(err)
	}
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, src[:len(src)-40], 0o644); err != nil {
		t.Fatal(err)
	}
	written := make(chan error, 1)
	time.AfterFunc(10*time.Millisecond, func() { written <- os.WriteFile(file, src, 0o644) })
	l, err := f.Read(t.Context())
	if err != nil || l.Of("b", "m") == nil || <-written != nil {
		t.Errorf("%v, %v", l, err)
	}
}
