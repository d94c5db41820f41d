package plan

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/schema"
)

var now = time.Date(2027, 1, 4, 12, 0, 0, 0, time.UTC)

func channel(repeat time.Duration, onChange string, ops ...platform.Op) *platform.Channel {
	return &platform.Channel{Name: "c", OnChange: onChange, Platform: &platform.Platform{Name: "p", Title: "P", Ops: ops, Repeat: repeat, Open: open}}
}

func open(platform.Account) (platform.Conn, error) { return nil, nil }

var (
	full = channel(platform.Forever, "ask", platform.Find, platform.Edit, platform.Remove)
	bare = channel(0, "ask")
	hand = byHand()
)

// byHand is a channel where a person publishes.
func byHand() *platform.Channel {
	c := channel(0, "ask")
	c.Platform.Open = nil
	return c
}

func onDelete(what string) *platform.Channel {
	c := channel(platform.Forever, "ask", platform.Find, platform.Edit, platform.Remove)
	c.OnDelete = what
	return c
}

func wish(c *platform.Channel, due time.Duration, digests ...string) Wish {
	return Wish{Post: "hello", Channel: c, Due: now.Add(due), Digests: digests}
}

// rec is a receipt "part state op digest", as of two hours ago.
func rec(line string) schema.Receipt {
	r := schema.Receipt{At: now.Add(-2 * time.Hour), Run: "r", Post: "hello", Channel: "c", Op: "publish", Key: "k", ID: "id", Due: now.Add(-3 * time.Hour)}
	fmt.Sscan(line, &r.Part, (*string)(&r.State), &r.Op, &r.Digest)
	r.Key = "k-" + r.Digest
	return r
}

func TestMake(t *testing.T) {
	busy := rec("1 intent publish a")
	busy.Lease = now.Add(time.Minute)
	for _, tt := range []struct {
		name string
		old  []schema.Receipt
		wish Wish
		edit func(*Input)
		want string // verb, then the calls
	}{
		{"new and due", nil, wish(full, 0, "a"), nil, "publish publish1"},
		{"new thread", nil, wish(full, 0, "a", "b"), nil, "publish publish1 publish2"},
		{"not due", nil, wish(full, time.Hour, "a"), nil, "wait"},
		{"very late asks", other, wish(full, -25*time.Hour, "a"), nil, "ask"},
		{"late but allowed", other, late(wish(full, -25*time.Hour, "a"), "publish"), nil, "publish publish1"},
		{"late and skipped", nil, late(wish(full, -25*time.Hour, "a"), "skip"), nil, "skip"},
		{"draft", nil, Wish{Post: "hello", Channel: full, Digests: []string{"a"}}, nil, ""},
		{"live, same", recs("1 live publish a"), wish(full, 0, "a"), nil, ""},
		{"live, changed, can edit", recs("1 live publish a"), wish(full, 0, "b"), nil, "edit edit1"},
		{"live, changed, cannot", recs("1 live publish a"), wish(bare, 0, "b"), nil, "ask"},
		{"live, changed, ignored", recs("1 live publish a"), wish(channel(0, "ignore"), 0, "b"), nil, "skip"},
		{"live, changed, repost", recs("1 live publish a", "2 live publish b"), wish(channel(0, "repost", platform.Remove), 0, "a", "c"), nil,
			"edit remove2 publish2"},
		{"first part changed, repost", recs("1 live publish a", "2 live publish b"), wish(channel(0, "repost", platform.Remove), 0, "c", "b"), nil,
			"edit remove2 remove1 publish1 publish2"},
		{"repost interrupted before the removal", recs("1 live publish a", "1 intent remove a", "1 intent publish c"),
			wish(channel(platform.Forever, "repost", platform.Find, platform.Remove), 0, "c"), nil, "resolve remove1 find1 publish1"},
		{"repost interrupted after it", recs("1 live publish a", "1 intent remove a", "1 intent publish c", "1 gone remove a"),
			wish(channel(platform.Forever, "repost", platform.Find, platform.Remove), 0, "c"), nil, "resolve find1 publish1"},
		{"thread grows", recs("1 live publish a"), wish(full, 0, "a", "b"), nil, "publish publish2"},
		{"thread shrinks", recs("1 live publish a", "2 live publish b"), wish(full, 0, "a"), nil, "remove remove2"},
		{"thread goes on, however late", recs("1 live publish a"), wish(full, -99*time.Hour, "a", "b"), nil, "publish publish2"},
		{"outcome lost, can find", recs("1 intent publish a"), wish(full, 0, "a"), nil, "resolve find1 publish1"},
		{"outcome lost, key repeats", recs("1 intent publish a"), wish(channel(3*time.Hour, "ask"), 0, "a"), nil, "publish publish1"},
		{"outcome lost, key too old", recs("1 intent publish a"), wish(channel(time.Hour, "ask"), 0, "a"), nil, "ask"},
		{"outcome lost, cannot", recs("1 intent publish a"), wish(bare, 0, "a"), nil, "ask"},
		{"outcome unknown, cannot", recs("1 unknown publish a"), wish(bare, 0, "a"), nil, "ask"},
		{"outcome lost, then changed", recs("1 intent publish a"), wish(channel(time.Hour, "ask", platform.Find), 0, "b"), nil, "ask"},
		{"outcome lost, then changed, found by its key", recs("1 intent publish a"), wish(full, 0, "b"), nil, "resolve find1 publish1"},
		{"changed, and the search could not tell", recs("1 unknown publish a"), wish(full, 0, "b"), nil, "ask"},
		{"outcome lost in mid-thread", recs("1 live publish a", "2 intent publish b"), wish(full, 0, "a", "b", "c"), nil, "resolve find2 publish2 publish3"},
		{"another run is at it", []schema.Receipt{busy}, wish(full, 0, "a"), nil, "wait"},
		{"edit interrupted", recs("1 live publish a", "1 intent edit b"), wish(full, 0, "b"), nil, "edit edit1"},
		{"removal interrupted, wanted again", recs("1 live publish a", "1 intent remove a"), wish(full, 0, "a"), nil, "publish remove1 publish1"},
		{"failed, tries again", recs("1 failed publish a"), wish(full, 0, "a"), nil, "publish publish1"},
		{"refused, waits for the author", recs("1 refused publish a"), wish(full, 0, "a"), nil, "ask"},
		{"refused, then changed", recs("1 refused publish a"), wish(full, 0, "b"), nil, "publish publish1"},
		{"change refused", recs("1 live publish a", "1 refused edit b"), wish(full, 0, "b"), nil, "ask"},
		{"retracted", recs("1 live publish a", "2 live publish b"), retracted(wish(full, 0, "a", "b")), nil, "remove remove2 remove1"},
		{"retracted before it went out", nil, retracted(wish(full, 0, "a")), nil, ""},
		{"retracted and gone", recs("1 live publish a", "1 gone remove a"), retracted(wish(full, 0, "a")), nil, ""},
		{"retraction with an open outcome", recs("1 intent publish a"), retracted(wish(full, 0, "a")), nil, "resolve find1"},
		{"retraction with an outcome nobody knows", recs("1 intent publish a"), retracted(wish(bare, 0, "a")), nil, "ask"},
		{"retraction where we cannot remove", recs("1 live publish a"), retracted(wish(bare, 0, "a")), nil, "ask"},
		{"a part less, whose outcome is open", recs("1 live publish a", "2 intent publish b"), wish(full, 0, "a"), nil, "resolve find2"},
		{"someone found it", append(recs("1 unknown publish a"), said("1 live publish a")), wish(bare, 0, "a"), nil, ""},
		{"someone says it is not there", append(recs("1 unknown publish a"), said("1 failed lost a")), wish(bare, 0, "a"), nil, "publish publish1"},
		{"not there, and late by now", append(recs("1 unknown publish a"), said("1 failed lost a")), wish(bare, -25*time.Hour, "a"), nil, "ask"},
		{"not there, late, and wanted", append(recs("1 unknown publish a"), said("1 failed retry a")), wish(bare, -25*time.Hour, "a"), nil, "publish publish1"},
		{"refused, and wanted unchanged", append(recs("1 refused publish a"), said("1 failed retry a")), wish(full, 0, "a"), nil, "publish publish1"},
		{"someone deleted it there", append(recs("1 live publish a"), said("1 gone lost a")), wish(full, 0, "a"), nil, "skip"},
		{"deleted there, and wanted back", append(recs("1 live publish a"), said("1 gone lost a"), said("1 failed retry a")), wish(full, 0, "a"), nil, "publish publish1"},
		{"a part was deleted there", append(recs("1 live publish a", "2 live publish b"), said("2 gone lost b")), wish(full, 0, "a", "b"), nil, ""},
		{"a part was deleted there, and wanted back", append(recs("1 live publish a", "2 live publish b"), said("2 gone lost b"), said("2 failed retry b")), wish(full, 0, "a", "b"), nil, "publish publish2"},
		{"a part was deleted there, then changed", append(recs("1 live publish a", "2 live publish b"), said("2 gone lost b")), wish(full, 0, "a", "c"), nil, "publish publish2"},
		{"by hand", nil, wish(hand, 0, "a", "b"), nil, "hand-off hand-off1 hand-off2"},
		{"by hand, a day ahead", nil, wish(hand, 23*time.Hour, "a"), nil, "hand-off hand-off1"},
		{"by hand, not yet", nil, wish(hand, 25*time.Hour, "a"), nil, "wait"},
		{"handed over", recs("1 handed hand-off a"), wish(hand, 0, "a"), nil, "wait"},
		{"handed over, the first part is answered for", append(recs("1 handed hand-off a", "2 handed hand-off b"), said("1 live hand-off a")), wish(hand, 0, "a", "b"), nil, "wait"},
		{"a part by hand was deleted there", append(recs("1 handed hand-off a", "2 handed hand-off b"), said("1 live hand-off a"), said("2 live hand-off b"), said("2 gone lost b")), wish(hand, 0, "a", "b"), nil, ""},
		{"all of it by hand was deleted there", append(recs("1 handed hand-off a"), said("1 live hand-off a"), said("1 gone lost a")), wish(hand, 0, "a"), nil, "skip"},
		{"half answered for, then retracted", append(recs("1 handed hand-off a", "2 handed hand-off b"), said("1 live hand-off a")), retracted(wish(hand, 0, "a", "b")), nil, "hand-off take-down1 take-down2"},
		{"half answered for, and its file gone", append(recs("1 handed hand-off a", "2 handed hand-off b"), said("1 live hand-off a")), named(wish(hand, 48*time.Hour, "z"), "other"), nil, "hand-off take-down1 take-down2 wait"},
		{"handed over, then changed", recs("1 handed hand-off a"), wish(hand, 0, "b"), nil, "hand-off hand-off1"},
		{"handed over, and out", append(recs("1 handed hand-off a"), said("1 live hand-off a")), wish(hand, 0, "a"), nil, ""},
		{"out by hand, then changed", append(recs("1 handed hand-off a"), said("1 live hand-off a")), wish(hand, 0, "b"), nil, "hand-off hand-off1"},
		{"out by hand, then retracted", append(recs("1 handed hand-off a"), said("1 live hand-off a")), retracted(wish(hand, 0, "a")), nil, "hand-off take-down1"},
		{"taken down by hand", append(recs("1 handed hand-off a"), said("1 live hand-off a"), rec("1 handed take-down"), said("1 gone lost")), retracted(wish(hand, 0, "a")), nil, ""},
		{"an archive, of a channel that is known", begun(), late(wish(full, -27*time.Hour, "a"), "publish"), nil, "skip"},
		{"an archive, the first time", nil, late(wish(full, -25*time.Hour, "a"), "publish"), nil, "skip"},
		{"today's share is used up", recs("1 live publish a"), named(wish(full, 0, "b"), "next"), func(in *Input) { in.PerDay = 1; in.Wishes = append(in.Wishes, wish(full, 0, "a")) }, "wait"},
		{"late ones one at a time", other, wish(full, -2*time.Hour, "a"), func(in *Input) { in.Wishes = append(in.Wishes, named(wish(full, -3*time.Hour, "b"), "x")) }, "publish publish1 wait"},
		{"in time together", other, wish(full, -time.Minute, "a"), func(in *Input) { in.Wishes = append(in.Wishes, named(wish(full, -time.Minute, "b"), "x")) }, "publish publish1 publish publish1"},
		{"due within the run", nil, wish(full, 20*time.Second, "a"), func(in *Input) { in.Ahead = 30 * time.Second }, "publish publish1"},
		{"vanished, and to be removed", recs("1 live publish a"), named(wish(onDelete("remove"), time.Hour, "z"), "other"), nil, "remove remove1 wait"},
		{"vanished, and ignored", recs("1 live publish a"), named(wish(onDelete("ignore"), time.Hour, "z"), "other"), nil, "wait"},
		{"vanished with an open outcome", recs("1 intent publish a"), named(wish(bare, time.Hour, "z"), "other"), nil, "ask wait"},
		{"back after a retraction", recs("1 live publish a", "1 gone remove a"), wish(full, 0, "a"), nil, "publish publish1"},
		{"has problems", nil, trouble(wish(full, 0, "a")), nil, "skip"},
		{"frozen", nil, wish(full, 0, "a"), func(in *Input) { in.Freeze = &Freeze{Reason: "crisis"} }, "wait"},
		{"freeze is over", nil, wish(full, 0, "a"), func(in *Input) { in.Freeze = &Freeze{"crisis", now.Add(-1)} }, "publish publish1"},
		{"frozen, yet retracted", recs("1 live publish a"), retracted(wish(full, 0, "a")), func(in *Input) { in.Freeze = &Freeze{Reason: "crisis"} }, "remove remove1"},
		{"moved", recs("1 live publish a"), named(wish(full, 0, "a"), "new"), nil, "move"},
		{"moved and changed", recs("1 live publish a"), named(wish(full, -3*time.Hour, "b"), "new"), nil, "ask ask"},
		{"moved while its outcome is open", recs("1 intent publish a"), named(wish(full, 0, "a"), "new"), nil, "move"},
		{"moved in mid-thread, and nobody can tell", recs("1 live publish a", "2 intent publish b"), named(wish(bare, 0, "a", "b"), "new"), nil, "move"},
		{"moved while a run is at it", []schema.Receipt{busy}, named(wish(full, 0, "a"), "new"), nil, "wait wait"},
		{"moved and changed, its outcome open", recs("1 intent publish a"), named(wish(full, -3*time.Hour, "b"), "new"), nil, "ask ask"},
		{"vanished", recs("1 live publish a"), named(wish(full, time.Hour, "z"), "other"), nil, "ask wait"},
		{"the channel has another name", recs("1 live publish a"), on("d", wish(full, 0, "a")), nil, "ask"},
		{"another channel, other words", recs("1 live publish a"), on("d", wish(full, 0, "b")), nil, "publish publish1"},
		{"too many changes", recs("1 live publish a"), wish(full, 0, "b"), func(in *Input) { in.MaxActions = 1; in.Wishes = append(in.Wishes, named(wish(full, 0, "b"), "x")) }, "refused edit edit1 publish publish1"},
		{"reposts one at a time", append(recs("1 live publish a"), rec2("1 live publish b")), wish(channel(0, "repost", platform.Remove), 0, "c"),
			func(in *Input) { in.Wishes = append(in.Wishes, named(in.Wishes[0], "second")) }, "edit remove1 publish1 wait"},
		{"too many", nil, wish(full, 0, "a"), func(in *Input) { in.MaxActions = 1; in.Wishes = append(in.Wishes, named(wish(full, 0, "b"), "x")) }, "refused publish publish1 publish publish1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := Input{Brand: "B", Wishes: []Wish{tt.wish}, Ledger: ledger.New(tt.old...), Now: now, Channels: []*platform.Channel{tt.wish.Channel}}
			if tt.edit != nil {
				tt.edit(&in)
			}
			p := Make(in)
			if got := show(p); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			for _, a := range p.Actions {
				if a.Why == "" {
					t.Errorf("no reason for %s", a.Verb)
				}
			}
		})
	}
}

// begun is a channel that was first used two hours ago.
func begun() []schema.Receipt {
	return []schema.Receipt{{At: now.Add(-2 * time.Hour), Run: "r", Post: "other", Channel: "c", Part: 1, State: schema.Gone}}
}

func late(w Wish, policy string) Wish {
	w.Late = schema.Late{Policy: policy, After: schema.Duration(time.Hour)}
	return w
}
func retracted(w Wish) Wish { w.Retracted = true; return w }
func trouble(w Wish) Wish   { w.Trouble = "it has a problem"; return w }

// on moves a wish to a channel of another name.
func on(name string, w Wish) Wish {
	c := *w.Channel
	c.Name, w.Channel = name, &c
	return w
}

// rec2 is a receipt of another post.
func rec2(line string) schema.Receipt {
	r := rec(line)
	r.Post = "second"
	return r
}

func named(w Wish, name string) Wish { w.Post = name; return w }

// said is what a person answered, an hour ago.
func said(line string) schema.Receipt {
	r := rec(line)
	r.At, r.By = now.Add(-time.Hour), "ana"
	return r
}

// other is a post that went out on the channel before.
var other = []schema.Receipt{{At: now.Add(-50 * time.Hour), Run: "r", Post: "other", Channel: "c", Part: 1, State: schema.Gone}}

func recs(lines ...string) []schema.Receipt {
	var rs []schema.Receipt
	for _, l := range lines {
		rs = append(rs, rec(l))
	}
	return rs
}

func show(p Plan) string {
	var words []string
	if p.Refused != "" {
		words = append(words, "refused")
	}
	for _, a := range p.Actions {
		words = append(words, string(a.Verb))
		for _, s := range a.Steps {
			words = append(words, fmt.Sprintf("%s%d", s.Do, s.Part))
		}
	}
	return strings.Join(words, " ")
}

func TestKeyStaysWhileNothingWasTakenDown(t *testing.T) {
	keys := func(rs ...schema.Receipt) string {
		p := Make(Input{Brand: "B", Wishes: []Wish{wish(full, 0, "a")}, Ledger: ledger.New(rs...), Now: now, Channels: []*platform.Channel{full}})
		return p.Actions[0].Steps[0].Key
	}
	first := keys()
	failed := rec("1 failed publish a")
	if got := keys(failed); got != first {
		t.Errorf("after a failure the key is %s, before it was %s", got, first)
	}
	if got := keys(recs("1 live publish a", "1 gone remove a")...); got == first {
		t.Error("after a removal the same key would bring the old post back")
	}
	if len(first) != 25 || strings.Trim(first, "abcdefghijklmnopqrstuvwxyz234567") != "" {
		t.Errorf("the key %q is not 25 characters of a-z and 2-7", first)
	}
}

// world is a platform as a reader sees it.
type world struct {
	up     map[string]item // by id
	repeat bool            // the same key never makes a second post
	ids    int
}

type item struct {
	part        int
	key, digest string
}

func (w *world) find(key string) (id string) {
	for i, it := range w.up {
		if it.key == key {
			return i
		}
	}
	return ""
}

func (w *world) publish(s Step) string {
	if id := w.find(s.Key); id != "" && w.repeat {
		return id
	}
	w.ids++
	id := fmt.Sprint(w.ids)
	w.up[id] = item{s.Part, s.Key, s.Digest}
	return id
}

// twice reports whether a reader sees a part more than once.
func (w *world) twice() bool {
	seen := map[int]bool{}
	for _, it := range w.up {
		if seen[it.part] {
			return true
		}
		seen[it.part] = true
	}
	return false
}

// Whatever was wished before, and wherever runs die, nothing is ever up twice,
// and carrying out plans comes to rest with exactly what is wished up, or with
// a question to a person.
func TestPlansComeToRest(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	asked, rested := 0, 0
	for round := range 5000 {
		c := []*platform.Channel{
			full,
			channel(time.Hour, "repost", platform.Find, platform.Remove),
			channel(platform.Forever, "repost", platform.Remove),
			channel(0, "repost", platform.Find, platform.Remove),
			channel(0, "repost", platform.Remove),
		}[rng.IntN(5)]
		there := &world{up: map[string]item{}, repeat: c.Platform.Repeat > 0}
		var rs []schema.Receipt
		at := now
		var w Wish
		name := "hello"
		for range 3 { // the author changes the post between runs
			digests := make([]string, 1+rng.IntN(4))
			for i := range digests {
				digests[i] = string(rune('a' + rng.IntN(3)))
			}
			if rng.IntN(6) == 0 { // the file is renamed, too
				name += "'"
			}
			w = Wish{Post: name, Channel: c, Due: now.Add(-time.Hour), Digests: digests, Retracted: rng.IntN(6) == 0}
			for runs := 0; ; runs++ {
				at = at.Add(20 * time.Minute)
				p := Make(Input{Wishes: []Wish{w}, Ledger: ledger.New(rs...), Now: at, Channels: []*platform.Channel{c}, Brand: "B"})
				if !p.Acts() || rng.IntN(5) == 0 { // at rest, or changed while something is open
					break
				}
				if runs > 200 {
					t.Fatalf("round %d does not come to rest: %s", round, show(p))
				}
				if rs = carryOut(rng, p, rs, at, there); there.twice() && rest(rs) {
					t.Fatalf("round %d: up twice: %v", round, there.up)
				}
			}
		}
		for range 200 {
			at = at.Add(20 * time.Minute)
			p := Make(Input{Wishes: []Wish{w}, Ledger: ledger.New(rs...), Now: at, Channels: []*platform.Channel{c}, Brand: "B"})
			if !p.Acts() {
				break
			}
			rs = carryOut(rng, p, rs, at, there)
		}
		p := Make(Input{Wishes: []Wish{w}, Ledger: ledger.New(rs...), Now: at.Add(time.Hour), Channels: []*platform.Channel{c}, Brand: "B"})
		if there.twice() {
			t.Fatalf("round %d: up twice: %v, %s", round, there.up, show(p))
		}
		if p.Count(Ask) > 0 {
			asked++ // a person's turn
			continue
		}
		rested++
		up := make([]string, len(there.up))
		for _, it := range there.up {
			if it.part > len(up) {
				t.Fatalf("round %d: up is %v, wished %v, known %s", round, there.up, w, history(rs))
			}
			up[it.part-1] = it.digest
		}
		want := w.Digests
		if w.Retracted {
			want = nil
		}
		if fmt.Sprint(up) != fmt.Sprint(want) {
			t.Fatalf("round %d: up %v, wished %v", round, up, want)
		}
	}
	if rested < 2000 || asked < 100 {
		t.Errorf("only %d rounds came to rest, %d ended with a question", rested, asked)
	}
}

// history is a ledger in a few words.
func history(rs []schema.Receipt) string {
	var b strings.Builder
	for _, r := range rs {
		fmt.Fprintf(&b, "\n%s %s%d %s key %.4s id %s", r.State, r.Op, r.Part, r.Digest, r.Key, r.ID)
	}
	return b.String()
}

// rest reports whether nothing is open, so that what is up can be judged.
func rest(rs []schema.Receipt) bool {
	for _, e := range ledger.New(rs...).Entries() {
		if e.Pending() {
			return false
		}
	}
	return true
}

// carryOut plays a run that may die after its intents, before or after any
// call, or after any receipt.
func carryOut(rng *rand.Rand, p Plan, rs []schema.Receipt, at time.Time, there *world) []schema.Receipt {
	dies := func() bool { return rng.IntN(10) == 0 }
	for _, a := range p.Actions {
		if !a.Verb.Acts() {
			continue
		}
		line := func(s Step, state schema.State, id string) {
			rs = append(rs, schema.Receipt{At: at, Run: "r" + at.String(), Post: a.Post, Channel: a.Channel, Part: s.Part, State: state, Op: string(s.Do), Key: s.Key, Digest: s.Digest, ID: id, Due: a.Due, Lease: at.Add(15 * time.Minute)})
		}
		for _, s := range a.Steps {
			if s.Do != CallFind {
				line(s, schema.Intent, "")
			}
		}
		found := 0
		if a.Verb == Move {
			rs = append(rs, schema.Receipt{At: at, Run: "r" + at.String(), Post: a.Post, Channel: a.Channel, State: schema.Moved, To: a.To})
		}
		for n, s := range a.Steps {
			if s.Do == CallPublish && found == s.Part {
				continue
			}
			if dies() {
				return rs
			}
			id, done := s.Ref.ID, schema.Live
			switch s.Do {
			case CallFind:
				if id = there.find(s.Key); id == "" {
					if n+1 == len(a.Steps) || a.Steps[n+1].Part != s.Part {
						line(s, schema.Failed, "")
					}
					continue
				}
				s.Digest = there.up[id].digest // what the engine knows is what was tried
				found, s.Do = s.Part, CallPublish
			case CallPublish:
				id = there.publish(s)
			case CallEdit:
				it := there.up[id]
				it.digest = s.Digest
				there.up[id] = it
			case CallRemove:
				delete(there.up, id)
				done = schema.Gone
			}
			if dies() {
				return rs
			}
			line(s, done, id)
		}
	}
	return rs
}

// What is found is what was tried, not what the post has become since.
func TestFoundIsWhatWasTried(t *testing.T) {
	p := Make(Input{Wishes: []Wish{wish(full, 0, "b")}, Ledger: ledger.New(recs("1 intent publish a")...), Now: now, Channels: []*platform.Channel{full}})
	find, publish := p.Actions[0].Steps[0], p.Actions[0].Steps[1]
	if find.Digest != "a" || publish.Digest != "b" || find.Key != "k-a" || publish.Key != "k-a" {
		t.Errorf("find %+v, publish %+v", find, publish)
	}
}

func TestSurvivesAsAFile(t *testing.T) {
	p := Make(Input{Wishes: []Wish{wish(full, 0, "a", "b")}, Ledger: ledger.New(recs("1 intent publish a")...), Now: now, Channels: []*platform.Channel{full}})
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var back Plan
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if again, _ := json.Marshal(back); string(again) != string(b) {
		t.Errorf("a plan changes as a file:\n%s\n%s", b, again)
	}
}
