package review

import (
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// What a forge should not say is not believed: a pull request that was not
// merged, or not into the branch, brings nothing.
func TestJudgeDoubts(t *testing.T) {
	good := forge.Pull{Number: 7, Merged: true, Base: "main", HeadCommit: "h", MergeCommit: "m", Author: forge.User{Login: "ana"}}
	facts := func(p ...forge.Pull) *Facts {
		return &Facts{
			Brought: map[string]Known[[]forge.Pull]{"m": {Is: p}},
			Blobs:   map[Place]Known[string]{{"h", "posts/a.md"}: {Is: "b"}, {"", "posts/a.md"}: {Is: "b"}},
			Talk: map[int]Known[Talk]{7: {Is: Talk{Reviews: []forge.Review{
				{ID: 1, By: forge.User{Login: "bob"}, State: forge.Approved, Commit: "h"}, {ID: 2, State: forge.Approved, Commit: "h"}, {ID: 3, By: forge.User{Login: "cleo"}, State: forge.Pending, Commit: "h"}}}}},
			Can: map[string]Known[forge.Permission]{"bob": {Is: forge.CanWrite}, "cleo": {Is: forge.CanWrite}, "": {Is: forge.Admin}},
		}
	}
	with := func(change func(*forge.Pull)) forge.Pull {
		p := good
		change(&p)
		return p
	}
	open, side, headless := with(func(p *forge.Pull) { p.Merged = false }), with(func(p *forge.Pull) { p.Base = "side" }), with(func(p *forge.Pull) { p.HeadCommit = "" })
	c := Case{Post: Post{ID: "a", File: "posts/a.md"}, Channel: "blog", Branch: "main", Settings: []Version{{Review: &schema.Review{Approvals: 1}}},
		Files: []File{{Path: "posts/a.md", Full: "posts/a.md", Blob: "b", Commit: "m"}}}
	for name, r := range map[string]struct {
		facts *Facts
		want  string
	}{
		"as it should be":       {facts(good), "ok bob"},
		"the right one is last": {facts(open, side, good), "ok bob"},
		"not merged":            {facts(open), "unmerged: it came to main although pull request #7 was not merged; bring it in by one that is"},
		"merged elsewhere":      {facts(open, side), "elsewhere: it was approved for the branch side, not for main (pull request #7); bring it in by a pull request to main"},
		"without a last state":  {facts(headless), "stale: it was changed after bob approved it (pull request #7); approve it anew"},
		"nothing is known":      {&Facts{}, "waiting: it is not known yet who approved it"},
	} {
		if got := say(Judge(&c, r.facts)); got != r.want {
			t.Errorf("%s: %s, want %s", name, got, r.want)
		}
	}
	if v := Judge(&c, &Facts{}); len(v.Ask) != 1 || v.Ask[0] != (Question{Commit: "m"}) || v.OK {
		t.Errorf("it asks %v", v.Ask)
	}
	twice := c
	twice.Settings = append(twice.Settings, Version{Review: &schema.Review{Approvals: 9}})
	if v := Judge(&twice, facts(good)); v.OK || v.Kind != BadSettings {
		t.Errorf("rules changed by nothing: %s", say(v))
	}
}

// What a forge's stand-in does not do, and GitHub may.
func TestFlaws(t *testing.T) {
	at := func(minute int) time.Time { return time.Date(2027, 1, 4, 8, minute, 0, 0, time.UTC) }
	ana, bob, cleo := forge.User{ID: 1, Login: "ana"}, forge.User{ID: 2, Login: "bob"}, forge.User{ID: 3, Login: "cleo"}
	p := forge.Pull{Number: 7, HeadCommit: "h", Author: ana}
	r := forge.Review{ID: 5, By: bob, State: forge.Approved, Commit: "h", At: at(10)}
	pushed := forge.Event{Kind: forge.EventPushed, By: ana, Commit: "h"}
	forced := func(minute int, by forge.User) forge.Event {
		return forge.Event{Kind: forge.EventForcePushed, By: by, At: at(minute), Commit: "h"}
	}
	heard := forge.Event{Kind: forge.EventReviewed, By: bob, At: at(10), Review: 5}
	for name, c := range map[string]struct {
		events []forge.Event
		by     forge.User
		want   Kind
	}{
		"nothing":                                    {nil, bob, ""},
		"pushed before":                              {[]forge.Event{pushed, heard}, bob, ""},
		"pushed after":                               {[]forge.Event{heard, pushed}, bob, Stale},
		"pushed after, the review is not listed":     {[]forge.Event{forced(9, ana), pushed}, bob, Stale},
		"forced after, its commits listed before":    {[]forge.Event{pushed, heard, forced(11, ana)}, bob, Stale},
		"forced after, listed before":                {[]forge.Event{pushed, forced(11, ana), heard}, bob, Stale},
		"forced in the same second":                  {[]forge.Event{pushed, forced(10, ana), heard}, bob, Stale},
		"forced before":                              {[]forge.Event{pushed, forced(9, ana), heard}, bob, ""},
		"pointed elsewhere in the same second":       {[]forge.Event{pushed, {Kind: forge.EventRetargeted, At: at(10)}, heard}, bob, Retargeted},
		"forced by who approves, before a commit":    {[]forge.Event{forced(8, bob), pushed, heard}, bob, OwnWork},
		"the last commit is theirs, listed earlier":  {[]forge.Event{{Kind: forge.EventPushed, By: bob, Commit: "h"}, {Kind: forge.EventPushed, By: ana, Commit: "g"}, heard}, bob, OwnWork},
		"an earlier commit is theirs":                {[]forge.Event{{Kind: forge.EventPushed, By: bob, Commit: "g"}, pushed, heard}, bob, ""},
		"by the author":                              {[]forge.Event{pushed, heard}, ana, OwnWork},
		"by the author, under a new name":            {[]forge.Event{pushed, heard}, forge.User{ID: 1, Login: "anais"}, OwnWork},
		"by somebody who took the author's old name": {[]forge.Event{{Kind: forge.EventPushed, By: cleo, Commit: "h"}, heard}, forge.User{ID: 9, Login: "Ana"}, ""},
	} {
		r.By = c.by
		if got := flaw(&p, &Talk{Events: c.events}, &r); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	r.By = bob
	talk := &Talk{Reviews: []forge.Review{r}, Events: []forge.Event{heard, {Kind: forge.EventDismissed, Review: 5, At: at(11)}}}
	if got := opinions(talk); len(got) != 1 || got[0].State != forge.Dismissed {
		t.Errorf("dismissed, says the list of events: %v", got)
	}
	p.Merged, p.MergedAt = true, at(20)
	if got := labels(&p, []forge.Event{{Kind: forge.EventLabeled, Label: "hot", At: at(1)}, {Kind: forge.EventUnlabeled, Label: "hot", At: at(21)}}); len(got) != 1 {
		t.Errorf("taken off after the merge: %v", got)
	}
}
