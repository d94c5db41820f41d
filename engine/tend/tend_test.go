package tend

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/imprimatur-ci/imprimatur/engine/moderate"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// Whatever a platform can do, what is done is no harsher than what the rule
// wants, and something that is wanted is done or asked for.
func TestNearestIsNeverHarsher(t *testing.T) {
	for n := range 1 << len(platform.AllActs) {
		var acts []platform.Act
		for i, a := range platform.AllActs {
			if n>>i&1 == 1 {
				acts = append(acts, a)
			}
		}
		for _, want := range moderate.Actions {
			op, ask := nearest(want, acts)
			if op != "" && (!slices.Contains(acts, platform.Act(op)) || op != schema.OpHide && op != string(want) || op == schema.OpHide && moderate.Hold.Harsher(want)) {
				t.Errorf("%s becomes %q where one can %v", want, op, acts)
			}
			if op == schema.OpReport || op == "" && !ask && want != moderate.None && want != moderate.Label {
				t.Errorf("%s becomes %q, %v where one can %v", want, op, ask, acts)
			}
		}
	}
}

// What is sealed opens under the same key, and under no other; a name tells
// nothing and is always the same.
func TestNames(t *testing.T) {
	a, err := NewNames("a key that nobody guesses")
	if err != nil {
		t.Fatal(err)
	}
	b, _ := NewNames("another that nobody guesses")
	same, _ := NewNames(" a key that nobody guesses\n") // pasted with its line's end
	g := grip{ID: "at://did:plc:x/1", Author: "did:plc:x", Undo: "mute did:plc:x"}
	sealed := a.close(g)
	if got, err := a.open(sealed); err != nil || got != g {
		t.Errorf("it opens as %+v, %v", got, err)
	}
	if _, err := b.open(sealed); err == nil {
		t.Error("another key opens it")
	}
	for range 200 {
		bad := []byte(sealed)
		bad[rand.IntN(len(bad))] ^= 1 << rand.IntN(6)
		if got, err := a.open(string(bad)); err == nil && got != g {
			t.Errorf("%s opens", bad)
		}
	}
	if strings.Contains(sealed, "plc") || a.Item("m", "1") != same.Item("m", "1") || a.Item("m", "1") == b.Item("m", "1") || a.Item("m", "12") == a.Item("m1", "2") {
		t.Error("names are not what they should be")
	}
	for _, short := range []string{"", "   ", "password"} {
		if _, err := NewNames(short); err == nil {
			t.Errorf("%q is a key", short)
		}
	}
}

// No address that names its author stands in the memory.
func TestNameless(t *testing.T) {
	for url, handle := range map[string]string{
		"https://m.example/@troll/1":                       "troll",
		"https://m.example/users/Troll/1":                  "troll@m.example",
		"https://bsky.app/profile/troll.bsky.social/post/": "troll.bsky.social",
		"https://m.example/1":                              "",
	} {
		if got := nameless(&moderate.Item{Item: platform.Item{URL: url, Author: platform.Author{Handle: handle}}}); got != "" {
			t.Errorf("%s of %s is kept", url, handle)
		}
	}
	const fine = "https://github.com/acme/voice/issues/1#issuecomment-2"
	if got := nameless(&moderate.Item{Item: platform.Item{URL: fine, Author: platform.Author{Handle: "reader"}}}); got != fine {
		t.Errorf("%s is not kept", fine)
	}
}
