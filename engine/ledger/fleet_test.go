//go:build unix

package ledger

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// A fleet is an agency: this many workspaces, each with this many posts a day,
// which runners go through every quarter of an hour.
const (
	workspaces = 200
	runners    = 20
	perRunner  = workspaces / runners
	postsADay  = 500
	slots      = 96 // quarters of an hour a day
	perSlot    = (postsADay + slots - 1) / slots
)

// BenchmarkFleet says what the home in git costs, and where it ends.
//
//	one/day         what a run costs on a branch that holds a day of the fleet
//	one/history     what a day adds to the branch
//	one/slot        the runners, side by side, on that one branch
//	one/slow        fewer of them, where a push takes a second
//	ten/slot        the runners, each with its ten workspaces in a repository of their own
//
// The remotes are on this machine, and their work is in the figures: a hosted
// one has more processors, and a second of latency or so a push, which is what
// the slow one assumes. A slot is bounded to one workspace a runner, and the slow one
// to four runners, unless IMPRIMATUR_FLEET is set.
func BenchmarkFleet(b *testing.B) {
	if testing.Short() {
		b.Skip("it takes a minute")
	}
	each, slow := 1, 4
	if os.Getenv("IMPRIMATUR_FLEET") != "" {
		each, slow = perRunner, runners
	}
	b.Run("one", func(b *testing.B) {
		bare := remote(b)
		all := names(0, workspaces)
		day(b, bare, all)
		b.Run("day", func(b *testing.B) { oneRun(b, bare) })
		b.Run("history", func(b *testing.B) { history(b, bare) })
		b.Run("slot", func(b *testing.B) {
			f := &fleet{}
			for i := range runners {
				f.add(b, bare, all[i*perRunner:][:each])
			}
			f.slot(b)
			b.ReportMetric(f.took.Seconds()*perRunner/float64(each), "slot-s")
		})
		b.Run("slow", func(b *testing.B) {
			hook(b, bare, "pre-receive", "sleep 1\n")
			f := &fleet{}
			for i := range slow {
				f.add(b, bare, all[i*perRunner:][:1])
			}
			f.slot(b)
		})
	})
	b.Run("ten", func(b *testing.B) {
		f := &fleet{}
		for i := range runners {
			bare := remote(b)
			day(b, bare, names(i*perRunner, perRunner))
			f.add(b, bare, names(i*perRunner, each))
		}
		b.Run("slot", func(b *testing.B) {
			f.slot(b)
			b.ReportMetric(f.took.Seconds()*perRunner/float64(each), "slot-s")
		})
	})
}

func names(from, n int) []string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf("brands/%03d", from+i))
	}
	return all
}

// written are the lines of a workspace: an intent and an outcome for each of
// its posts, from one on. No two workspaces say the same, so that nothing is
// packed by that.
func written(b *testing.B, name string, from, to int) []line {
	b.Helper()
	rs := many(2 * to)[2*from:]
	for i := range rs {
		sum := sha256.Sum256(fmt.Append(nil, name, rs[i].Key))
		rs[i].Key, rs[i].Digest = hex.EncodeToString(sum[:12]), "sha256:"+hex.EncodeToString(sum[:])
		if rs[i].ID != "" {
			rs[i].ID = fmt.Sprint(1<<56 + uint64(sum[0])<<40 + uint64(sum[1])<<32 + uint64(sum[2])<<24 + uint64(i))
			rs[i].URL = "https://mastodon.example/@" + path.Base(name) + "/" + rs[i].ID
		}
	}
	ls, err := encodeAll(rs)
	check(b, err)
	return ls
}

// day fills the branch of a remote with a day of every workspace, packed as a
// host packs it.
func day(b *testing.B, bare string, all []string) {
	b.Helper()
	fastImport(b, bare, func(w io.Writer) {
		for _, name := range all {
			for _, c := range spread("", 0, full, written(b, name, 0, postsADay)) {
				commitOf(w, name+"/"+c.file, c.lines)
			}
		}
		commitOf(w, readmeFile, []byte(readme))
	})
	sh(b, bare, "repack", "-adq")
}

func commitOf(w io.Writer, file string, src []byte) {
	fmt.Fprintf(w, "commit refs/heads/%s\ncommitter Imprimatur <imprimatur@localhost> 1799000000 +0000\ndata 4\nfill\nM 100644 inline %s\ndata %d\n", Branch, file, len(src))
	w.Write(src)
	fmt.Fprintln(w)
}

func fastImport(b *testing.B, bare string, write func(io.Writer)) {
	b.Helper()
	cmd := exec.Command("git", "fast-import", "--quiet")
	cmd.Dir, cmd.Env, cmd.Stderr = bare, environment(b), os.Stderr
	in, err := cmd.StdinPipe()
	check(b, err)
	check(b, cmd.Start())
	w := bufio.NewWriterSize(in, 1<<20)
	write(w)
	check(b, w.Flush())
	check(b, in.Close())
	check(b, cmd.Wait())
}

// packed is how many bytes the objects of a repository have.
func packed(b *testing.B, dir string) float64 {
	var kib int
	for line := range strings.Lines(sh(b, dir, "count-objects", "-v")) {
		if key, n, _ := strings.Cut(strings.TrimSpace(line), ": "); key == "size" || key == "size-pack" {
			size, err := strconv.Atoi(n)
			check(b, err)
			kib += size
		}
	}
	return float64(kib) * 1024
}

// spent is the processor time of this process and of the git that it ran.
func spent() time.Duration {
	var sum time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if syscall.Getrusage(who, &u) == nil {
			sum += time.Duration(u.Utime.Nano() + u.Stime.Nano())
		}
	}
	return sum
}

const mega = 1 << 20

// oneRun measures the steps of one run with nobody beside it.
func oneRun(b *testing.B, bare string) {
	dir := clone(b, "file://"+bare, "--depth=1")
	before := packed(b, dir)
	r := newRunner(b, dir, names(0, 1))
	b.ResetTimer()
	step := func(name string, do func()) {
		wall, cpu := time.Now(), spent()
		do()
		b.ReportMetric(float64(time.Since(wall).Milliseconds()), name+"-ms")
		b.ReportMetric(float64((spent() - cpu).Milliseconds()), name+"-cpu-ms")
	}
	h := r.homes[0]
	var l *Ledger
	step("first-read", func() { l = read(b, h) })
	b.ReportMetric((packed(b, dir)-before)/mega, "fetched-MB")
	step("read", func() { l = read(b, h) })
	intents, lives := r.posts(0)
	step("intend", func() { check(b, h.Intend(b.Context(), l.Tip, intents)) })
	step("flush", func() { check(b, h.Record(b.Context(), lives)); check(b, h.Flush(b.Context())) })
	b.ReportMetric(packed(b, bare)/mega, "branch-MB")
	b.ReportMetric(0, "ns/op")
}

// history measures what a day of runs adds to the branch, by what two
// workspaces do beside the others on the day after.
func history(b *testing.B, bare string) {
	some := names(0, 2)
	copied := filepath.Join(b.TempDir(), "r.git")
	sh(b, "/", "clone", "-q", "--mirror", bare, copied)
	before := packed(b, copied)
	b.ResetTimer()
	fastImport(b, copied, func(w io.Writer) {
		fmt.Fprintf(w, "reset refs/heads/%s\nfrom refs/heads/%[1]s^0\n\n", Branch)
		for _, name := range some {
			file, src := following("2027-01_003.jsonl"), []byte(nil)
			for push := range slices.Chunk(written(b, name, postsADay, 2*postsADay), perSlot) { // of intents, of outcomes
				for _, c := range spread(file, len(src), full, push) {
					if c.file != file {
						file, src = c.file, nil
					}
					src = append(src, c.lines...)
					commitOf(w, name+"/"+file, src)
				}
			}
		}
	})
	sh(b, copied, "repack", "-adq")
	posts := float64(len(some) * postsADay)
	b.ReportMetric((packed(b, copied)-before)/posts, "B/post")
	b.ReportMetric((packed(b, copied)-before)/posts*workspaces*postsADay/mega, "MB/day")
	b.ReportMetric(0, "ns/op")
}

// A runner is a machine that goes through its workspaces, one after the other.
type runner struct {
	dir, bare string
	homes     []*Git
	names     []string
	run       string // of what it publishes
}

func newRunner(b *testing.B, dir string, all []string) *runner {
	r := &runner{dir: dir, names: all, run: b.Name()}
	for _, name := range all {
		check(b, os.MkdirAll(filepath.Join(dir, name), 0o755))
		r.homes = append(r.homes, home(b, filepath.Join(dir, name)))
	}
	return r
}

// posts are the receipts of a run of one workspace: a quarter of an hour's.
func (r *runner) posts(i int) (intents, lives []schema.Receipt) {
	for n := range perSlot {
		x := receipt(fmt.Sprintf("%s-%d", r.names[i], n), 1, schema.Intent)
		x.Run, x.At = r.run, start.AddDate(0, 0, 1)
		intents = append(intents, x)
		x.State = schema.Live
		lives = append(lives, x)
	}
	return intents, lives
}

type fleet struct {
	runners []*runner
	took    time.Duration

	mu    sync.Mutex
	waits []time.Duration // of each push, with what it took to win
}

func (f *fleet) add(b *testing.B, bare string, all []string) {
	r := newRunner(b, clone(b, "file://"+bare, "--depth=1"), all)
	r.bare = bare
	f.runners = append(f.runners, r)
}

// slot has every runner go through its workspaces, all side by side, as
// machines do that begin with nothing but a shallow clone.
func (f *fleet) slot(b *testing.B) {
	b.ResetTimer()
	begin := time.Now()
	f.each(func(r *runner) { // what a shallow clone lacks comes once
		if _, err := r.homes[0].Read(b.Context()); err != nil {
			b.Error(err)
		}
	})
	b.ReportMetric(time.Since(begin).Seconds(), "first-reads-s")
	begin = time.Now()
	cpu := spent()
	push := func(do func() error) {
		t := time.Now()
		if err := do(); err != nil {
			b.Error(err)
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		f.waits = append(f.waits, time.Since(t))
	}
	f.each(func(r *runner) {
		for i, h := range r.homes {
			l, err := h.Read(b.Context())
			if err != nil {
				b.Error(err)
				return
			}
			intents, lives := r.posts(i)
			push(func() error { return h.Intend(b.Context(), l.Tip, intents) })
			if err := h.Record(b.Context(), lives); err != nil {
				b.Error(err)
			}
			push(func() error { return h.Flush(b.Context()) })
		}
	})
	f.took = time.Since(begin)
	used := spent() - cpu
	lost := 0
	for _, r := range f.runners {
		lost += r.lost(b)
	}
	slices.Sort(f.waits)
	n := float64(len(f.waits))
	at := func(p float64) float64 { return f.waits[int(p*(n-1))].Seconds() * 1000 }
	b.ReportMetric(n/f.took.Seconds(), "pushes/s")
	b.ReportMetric(float64(lost)/n, "lost/push")
	b.ReportMetric(at(.5), "p50-ms")
	b.ReportMetric(at(.95), "p95-ms")
	b.ReportMetric(f.took.Seconds(), "took-s")
	b.ReportMetric(float64(used.Milliseconds())/n, "cpu-ms/push")
	b.ReportMetric(0, "ns/op")
}

func (f *fleet) each(do func(r *runner)) {
	var wg sync.WaitGroup
	for _, r := range f.runners {
		wg.Go(func() { do(r) })
	}
	wg.Wait()
}

// lost is how many races the runner lost: the commits that it made and that
// never came to the remote.
func (r *runner) lost(b *testing.B) int {
	there := map[string]bool{}
	for id := range strings.FieldsSeq(sh(b, r.bare, "rev-list", "--all")) {
		there[id] = true
	}
	n := 0
	for line := range strings.Lines(sh(b, r.dir, "cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectname)")) {
		if id, ok := strings.CutPrefix(strings.TrimSpace(line), "commit "); ok && !there[id] {
			n++
		}
	}
	return n
}
