package publish

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// basket carries out with one call whatever was announced.
type basket struct {
	script
	next  []platform.Attempt
	up    map[string]bool
	calls int // that did something
	after func()
}

func (b *basket) Gather(all []platform.Attempt) { b.next = all }

func (b *basket) Publish(ctx context.Context, a platform.Attempt) (platform.Ref, error) {
	if !b.up[a.Key] {
		if len(b.answers) > 0 {
			var err error
			if err, b.answers = b.answers[0], b.answers[1:]; err != nil && !errors.Is(err, platform.ErrUnknown) {
				return platform.Ref{}, err
			}
		}
		b.calls++
		b.up[a.Key] = true
		for _, o := range b.next {
			b.up[o.Key] = true
		}
	}
	if b.after != nil {
		b.after()
	}
	return b.script.Publish(ctx, a)
}

func (b *basket) Find(_ context.Context, a platform.Attempt, _ []string) (platform.Ref, error) {
	if b.up[a.Key] {
		return platform.Ref{ID: "found"}, nil
	}
	return platform.Ref{}, platform.ErrNotFound
}

// What went along with another is never said to be surely not there, and so
// never goes out again.
func TestGather(t *testing.T) {
	rejected := fmt.Errorf("%w: no", platform.ErrRejected)
	auth := fmt.Errorf("%w: expired", platform.ErrAuth)
	for _, c := range []struct {
		name    string
		answers []error
		stop    bool // after the first call
		want    string
		calls   int
		next    string // the verbs of the next plan
	}{
		{"all at once", nil, false, "live live live", 1, ""},
		{"the run ends after the first", nil, true, "live unknown unknown", 1, "resolve resolve"},
		{"the first is refused", []error{rejected}, false, "refused live live", 1, "ask"},
		{"credentials end", []error{auth}, false, "failed failed failed", 0, "publish wait wait"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				home := &memory{}
				var wishes []plan.Wish
				ch := &platform.Channel{Name: "c", Platform: &platform.Platform{Title: "P", Open: func(platform.Account) (platform.Conn, error) { return nil, nil }, Ops: []platform.Op{platform.Find}}}
				for i := range 3 {
					v := platform.Variant{Post: fmt.Sprint("post", i), Channel: "c", Parts: []platform.Part{{Text: fmt.Sprint(i)}}}
					v.Digests = []string{v.Parts[0].Digest()}
					wishes = append(wishes, plan.Wish{Post: v.Post, Channel: ch, Due: time.Now().Add(-time.Minute), Digests: v.Digests, Variant: func() platform.Variant { return v }})
				}
				make := func() plan.Plan {
					l, _ := home.Read(t.Context())
					return plan.Make(plan.Input{Wishes: wishes, Ledger: l, Now: time.Now(), Channels: []*platform.Channel{ch}})
				}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				b := &basket{script: script{answers: nil}, up: map[string]bool{}}
				b.answers = c.answers
				if c.stop {
					b.after = cancel
				}
				p := make()
				r := &Run{ID: "1", Home: home, Open: func(*platform.Channel) (platform.Conn, error) { return b, nil }}
				outs, err := r.Do(ctx, &p, "")
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, o := range outs {
					got = append(got, string(o.State))
				}
				if strings.Join(got, " ") != c.want || b.calls != c.calls {
					t.Errorf("%v with %d calls, want %s with %d", got, b.calls, c.want, c.calls)
				}
				for _, rc := range home.rs {
					if rc.State == schema.Failed && b.up[rc.Key] {
						t.Errorf("%s is up, and the ledger says that it failed", rc.Post)
					}
				}
				time.Sleep(time.Hour) // past every lease
				var verbs []string
				for _, a := range make().Actions {
					if a.Verb != plan.Skip {
						verbs = append(verbs, string(a.Verb))
					}
				}
				if strings.Join(verbs, " ") != c.next {
					t.Errorf("the next plan says %v, want %s", verbs, c.next)
				}
			})
		})
	}
}
