package publish

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// memory is a ledger without a disk, so that time can be faked.
type memory struct {
	mu   sync.Mutex
	rs   []schema.Receipt
	fail error // of every write
}

func (m *memory) String() string { return "memory" }

func (m *memory) Read(context.Context) (*ledger.Ledger, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return ledger.New(m.rs...), nil
}

func (m *memory) Intend(ctx context.Context, _ string, rs []schema.Receipt) error {
	return m.Record(ctx, rs)
}

func (m *memory) Record(_ context.Context, rs []schema.Receipt) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	m.rs = append(m.rs, rs...)
	return nil
}

func (m *memory) Flush(context.Context) error { return nil }

// states lists the receipts in a word each.
func (m *memory) states() string {
	var words []string
	for _, r := range m.rs {
		words = append(words, fmt.Sprintf("%s%d", r.State, r.Part))
	}
	return strings.Join(words, " ")
}

// script is a platform that answers as it is told, and counts what it took.
type script struct {
	mu      sync.Mutex
	answers []error
	took    []string
	find    error
}

func (s *script) Publish(_ context.Context, a platform.Attempt) (platform.Ref, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	if len(s.answers) > 0 {
		err, s.answers = s.answers[0], s.answers[1:]
	}
	if err == nil || errors.Is(err, platform.ErrUnknown) {
		s.took = append(s.took, a.Part.Text)
	}
	if err != nil {
		return platform.Ref{}, err
	}
	return platform.Ref{ID: "id-" + a.Part.Text, URL: "https://p.example/" + a.Part.Text}, nil
}

func (s *script) Find(_ context.Context, a platform.Attempt, _ []string) (platform.Ref, error) {
	return platform.Ref{ID: "found-" + a.Part.Text}, s.find
}

func (s *script) Edit(_ context.Context, r platform.Ref, _ platform.Attempt) (platform.Ref, error) {
	return r, s.answers[0]
}

func (s *script) Remove(context.Context, platform.Ref) error { return platform.ErrNotFound }

// due plans a thread of parts on one channel that is ready to go out.
func due(home *memory, name string, parts ...string) (plan.Plan, *plan.Wish) {
	c := &platform.Channel{Name: name, Platform: &platform.Platform{Title: "P", Open: func(platform.Account) (platform.Conn, error) { return nil, nil }, Ops: []platform.Op{platform.Find, platform.Edit, platform.Remove}}}
	v := platform.Variant{Post: "post", Channel: name}
	for _, p := range parts {
		part := platform.Part{Text: p}
		v.Parts = append(v.Parts, part)
		v.Digests = append(v.Digests, part.Digest())
	}
	w := plan.Wish{Post: "post", Channel: c, Due: time.Now().Add(-time.Minute), Digests: v.Digests, Variant: func() platform.Variant { return v }}
	l, _ := home.Read(context.Background())
	return plan.Make(plan.Input{Wishes: []plan.Wish{w}, Ledger: l, Now: time.Now(), Channels: []*platform.Channel{c}}), &w
}

func TestDo(t *testing.T) {
	busy := &platform.BusyError{After: time.Minute, Err: errors.New("slow down")}
	rejected := fmt.Errorf("%w: too long", platform.ErrRejected)
	unknown := fmt.Errorf("%w: no answer", platform.ErrUnknown)
	auth := fmt.Errorf("%w: expired", platform.ErrAuth)
	for _, tt := range []struct {
		name    string
		answers []error
		find    error
		want    string // receipts, then what the platform took, then the time spent
	}{
		{"works", nil, nil, "intent1 intent2 live1 live2 [a b] 0s"},
		{"busy once", []error{busy, nil}, nil, "intent1 intent2 live1 live2 [a b] 1m0s"},
		{"busy too long", []error{busy, busy, busy, busy, busy, busy, busy}, nil, "intent1 intent2 failed1 failed2 [] 5m0s"},
		{"refused", []error{rejected}, nil, "intent1 intent2 refused1 failed2 [] 0s"},
		{"refused in mid-thread", []error{nil, rejected}, nil, "intent1 intent2 live1 refused2 [a] 0s"},
		{"lost and found", []error{unknown}, nil, "intent1 intent2 live1 live2 [a b] 0s"},
		{"lost and not found", []error{unknown}, platform.ErrNotFound, "intent1 intent2 unknown1 failed2 [a] 0s"},
		{"credentials end in mid-thread", []error{nil, auth}, nil, "intent1 intent2 live1 failed2 [a] 0s"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				home, s := &memory{}, &script{answers: tt.answers, find: tt.find}
				p, _ := due(home, "c", "a", "b")
				r := &Run{ID: "r", Home: home, Open: func(*platform.Channel) (platform.Conn, error) { return s, nil }}
				start := time.Now()
				outs, err := r.Do(t.Context(), &p, "")
				if err != nil || len(outs) != 1 {
					t.Fatalf("%v, %v", outs, err)
				}
				if got := fmt.Sprint(home.states(), " ", s.took, " ", time.Since(start).Round(time.Minute)); got != tt.want {
					t.Errorf("got  %s\nwant %s", got, tt.want)
				}
				if tt.answers != nil && outs[0].OK() != !strings.Contains(tt.want, "failed") && !strings.Contains(tt.want, "refused") {
					t.Errorf("outcome %+v", outs[0])
				}
			})
		})
	}
}

func TestIntentsAreWrittenFirstOrNothingIsSent(t *testing.T) {
	home, s := &memory{}, &script{}
	p, _ := due(home, "c", "a")
	home.fail = errors.New("no space left on device")
	r := &Run{ID: "r", Home: home, Open: func(*platform.Channel) (platform.Conn, error) { return s, nil }}
	if _, err := r.Do(t.Context(), &p, ""); err == nil || len(s.took) > 0 {
		t.Errorf("sent %q without an intent: %v", s.took, err)
	}
}

// full fails every write after the intents.
type full struct{ memory }

func (f *full) Record(ctx context.Context, rs []schema.Receipt) error {
	return errors.New("no space left on device")
}

func (f *full) Intend(ctx context.Context, _ string, rs []schema.Receipt) error {
	return f.memory.Record(ctx, rs)
}

func TestUnwrittenOutcomesAreToldAndStopTheThread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		home, s := &full{}, &script{}
		p, _ := due(&home.memory, "c", "a", "b")
		r := &Run{ID: "r", Home: home, Open: func(*platform.Channel) (platform.Conn, error) { return s, nil }}
		start := time.Now()
		outs, err := r.Do(t.Context(), &p, "")
		var lost *UnrecordedError
		if !errors.As(err, &lost) || outs[0].OK() || len(s.took) != 1 {
			t.Fatalf("took %q, outcome %+v, error %v", s.took, outs[0], err)
		}
		if n := len(lost.Receipts); n != 2 || lost.Receipts[0].State != schema.Live || lost.Receipts[0].ID != "id-a" {
			t.Errorf("%d receipts are told: %+v", n, lost.Receipts)
		}
		if d := time.Since(start); d < stubborn/2 {
			t.Errorf("gave up after %s", d)
		}
	})
}

// remote keeps outcomes on this machine until they are flushed, which fails a
// few times.
type remote struct {
	memory
	held    []schema.Receipt
	fails   int
	flushes int
}

func (r *remote) Record(_ context.Context, rs []schema.Receipt) error {
	r.held = append(r.held, rs...)
	return nil
}

func (r *remote) Intend(ctx context.Context, _ string, rs []schema.Receipt) error {
	return r.memory.Record(ctx, rs)
}

func (r *remote) Flush(ctx context.Context) error {
	if r.flushes++; r.flushes <= r.fails {
		return errors.New("no network")
	}
	held := r.held
	r.held = nil
	return r.memory.Record(ctx, held)
}

func TestOutcomesArePushedInTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		home, s := &remote{fails: 3}, &script{}
		p, _ := due(&home.memory, "c", "a", "b")
		r := &Run{ID: "r", Home: home, Open: func(*platform.Channel) (platform.Conn, error) { return s, nil }}
		if _, err := r.Do(t.Context(), &p, ""); err != nil {
			t.Fatal(err)
		}
		if got := home.states(); got != "intent1 intent2 live1 live2" || home.flushes != 4 {
			t.Errorf("%s after %d flushes", got, home.flushes)
		}
	})
}

func TestAPostGoesOutAtItsSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		home, s := &memory{}, &script{}
		p, _ := due(home, "c", "a")
		at := time.Now().Add(17 * time.Second)
		p.Actions[0].Due = at
		r := &Run{ID: "r", Home: home, Open: func(*platform.Channel) (platform.Conn, error) { return s, nil }}
		if _, err := r.Do(t.Context(), &p, ""); err != nil || !time.Now().Equal(at) {
			t.Errorf("out at %s, due at %s: %v", time.Now(), at, err)
		}
	})
}

func TestOneSlowChannelHoldsUpNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		home := &memory{}
		slow, quick := &script{answers: []error{&platform.BusyError{After: time.Minute, Err: errors.New("x")}}}, &script{}
		p, _ := due(home, "a-slow", "a")
		q, _ := due(home, "b-quick", "b")
		p.Actions = append(p.Actions, q.Actions...)
		var order []string
		var mu sync.Mutex
		r := &Run{ID: "r", Home: home, Report: func(o Outcome) {
			mu.Lock()
			order = append(order, o.Action.Channel)
			mu.Unlock()
		}, Open: func(c *platform.Channel) (platform.Conn, error) {
			if c.Name == "a-slow" {
				return slow, nil
			}
			return quick, nil
		}}
		outs, err := r.Do(t.Context(), &p, "")
		if err != nil || fmt.Sprint(order) != "[b-quick a-slow]" || outs[0].Action.Channel != "a-slow" {
			t.Errorf("order of ends %v, outcomes %v, %v", order, outs, err)
		}
	})
}

func TestStoppedRunTakesBackWhatItDidNotBegin(t *testing.T) {
	home, s := &memory{}, &script{}
	p, _ := due(home, "c", "a")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := &Run{ID: "r", Home: home, Open: func(*platform.Channel) (platform.Conn, error) { return s, nil }}
	outs, _ := r.Do(ctx, &p, "")
	if len(s.took) > 0 || home.states() != "intent1 failed1" || outs[0].OK() {
		t.Errorf("took %q, receipts %s", s.took, home.states())
	}
}

// A run that slept past its lease makes no call: another may be at work.
func TestNoCallWithoutALease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		home, s := &memory{}, &script{}
		p, w := due(home, "c", "a")
		variant := w.Variant
		p.Actions[0].Wish.Variant = func() platform.Variant { time.Sleep(16 * time.Minute); return variant() }
		r := &Run{ID: "r", Home: home, Open: func(*platform.Channel) (platform.Conn, error) { return s, nil }}
		outs, _ := r.Do(t.Context(), &p, "")
		if len(s.took) > 0 || outs[0].OK() || home.states() != "intent1 failed1" {
			t.Errorf("took %q, receipts %s", s.took, home.states())
		}
	})
}

// What an earlier run left open stays open until the platform has answered.
func TestFailedSearchForgetsNothing(t *testing.T) {
	for name, find := range map[string]error{
		"busy":    &platform.BusyError{After: time.Hour, Err: errors.New("slow down")},
		"unknown": fmt.Errorf("%w: x", platform.ErrUnknown),
		"refused": fmt.Errorf("%w: expired", platform.ErrAuth),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				home, s := &memory{}, &script{find: find}
				p, _ := due(home, "c", "a", "b")
				first := p.Actions[0].Steps[0]
				home.rs = []schema.Receipt{{At: time.Now().Add(-time.Hour), Run: "dead", Post: "post", Channel: "c", Part: 1, State: schema.Intent, Op: "publish", Key: first.Key, Digest: first.Digest}}
				p, _ = due(home, "c", "a", "b")
				if p.Actions[0].Verb != plan.Resolve {
					t.Fatalf("planned %s", p.Actions[0].Verb)
				}
				r := &Run{ID: "r", Home: home, Open: func(*platform.Channel) (platform.Conn, error) { return s, nil }}
				if _, err := r.Do(t.Context(), &p, ""); err != nil {
					t.Fatal(err)
				}
				if len(s.took) > 0 {
					t.Errorf("sent %q without an answer", s.took)
				}
				l, _ := home.Read(t.Context())
				if e := l.Of("post", "c"); !e.Pending() || e.Parts[1].Pending != nil {
					t.Errorf("receipts %s leave %+v", home.states(), e)
				}
			})
		})
	}
}

// A platform that cannot be reached is waited for once, not once a post.
func TestBusyStopsTheChannel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		home, s := &memory{}, &script{}
		for range 20 {
			s.answers = append(s.answers, &platform.BusyError{Err: errors.New("connection refused")})
		}
		p, _ := due(home, "c", "a")
		q, _ := due(home, "c", "b")
		p.Actions = append(p.Actions, q.Actions...)
		r := &Run{ID: "r", Home: home, Open: func(*platform.Channel) (platform.Conn, error) { return s, nil }}
		start := time.Now()
		outs, err := r.Do(t.Context(), &p, "")
		if err != nil || len(outs) != 2 || outs[0].OK() || outs[1].OK() || len(s.took) > 0 {
			t.Errorf("%+v, %v", outs, err)
		}
		if spent := time.Since(start); spent > patience {
			t.Errorf("waited %s", spent)
		}
	})
}
