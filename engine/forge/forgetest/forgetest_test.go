package forgetest_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
	"github.com/imprimatur-ci/imprimatur/engine/forge/forgetest"
)

const post = "posts/galette.md"

// Each way to merge, and what is known of it afterwards.
func TestMerge(t *testing.T) {
	for _, how := range []forgetest.How{forgetest.Squash, forgetest.Merge, forgetest.Rebase, forgetest.Queue} {
		t.Run(string(how), func(t *testing.T) {
			repo := forgetest.New(t, forgetest.Files{post: "one", "kept.md": "kept"})
			repo.Grant("bob", forge.CanWrite)
			p := repo.Open("ana", "galette", forgetest.Files{post: "two"})
			head := repo.Push(p, forgetest.Files{post: "three", "media/galette.jpg": "\xff\xd8"})
			repo.Review(p, "bob", forge.Approved)
			repo.Commit(forgetest.Owner, forgetest.Main, forgetest.Files{"other.md": "other"})
			repo.Lag = 2
			made := repo.Merge(p, how, "bob")

			if repo.Tip(forgetest.Main) != made {
				t.Error("main is not at the merge")
			}
			blobs, err := repo.Blobs(t.Context(), made, []string{post, "other.md", "kept.md", "media/galette.jpg", "nothing.md"})
			if err != nil {
				t.Fatal(err)
			}
			if len(blobs) != 4 || blobs[post] != forgetest.Blob("three") {
				t.Errorf("main holds %v", blobs)
			}
			pulls, err := repo.Introduced(t.Context(), made, forgetest.Main)
			if err != nil || len(pulls) != 1 {
				t.Fatalf("introduced by %v, %v", pulls, err)
			}
			got := pulls[0]
			if got.Number != p || !got.Merged || got.MergeCommit != made || got.HeadCommit != head || got.State != "closed" {
				t.Errorf("the pull request is %+v", got)
			}
			events, _ := repo.Events(t.Context(), p)
			var kinds []forge.EventKind
			for _, e := range events {
				kinds = append(kinds, e.Kind)
			}
			if want := []forge.EventKind{forge.EventPushed, forge.EventPushed, forge.EventReviewed, forge.EventMerged}; !slices.Equal(kinds, want) {
				t.Errorf("what happened: %v", kinds)
			}
			if other, err := repo.Introduced(t.Context(), made, "elsewhere"); err != nil || len(other) != 0 {
				t.Errorf("introduced elsewhere by %v, %v", other, err)
			}
		})
	}
}

// A force-push takes approvals along, which is why the events must be read.
func TestForcePush(t *testing.T) {
	repo := forgetest.New(t, forgetest.Files{post: "one"})
	p := repo.Open("ana", "galette", forgetest.Files{post: "two"})
	repo.Review(p, "bob", forge.Approved)
	repo.Review(p, "eve", forge.Commented)
	head := repo.ForcePush(p, forgetest.Files{post: "evil"})
	reviews, _ := repo.Reviews(t.Context(), p)
	if len(reviews) != 2 || reviews[0].Commit != head || reviews[1].Commit == head {
		t.Errorf("the reviews are of %+v", reviews)
	}
	events, _ := repo.Events(t.Context(), p)
	if last := events[len(events)-1]; last.Kind != forge.EventForcePushed || last.Commit != head || !last.At.After(reviews[0].At) {
		t.Errorf("last came %+v", last)
	}
}

// A commit may claim any date, and GitHub lists it there.
func TestBackdate(t *testing.T) {
	repo := forgetest.New(t, nil)
	p := repo.Open("ana", "galette", forgetest.Files{post: "two"})
	repo.Review(p, "bob", forge.Approved)
	head := repo.Backdate(p, forgetest.Files{post: "evil"})
	events, _ := repo.Events(t.Context(), p)
	if last := events[len(events)-1]; last.Kind != forge.EventReviewed || events[1].Commit != head {
		t.Errorf("what happened: %+v", events)
	}
	if reviews, _ := repo.Reviews(t.Context(), p); reviews[0].Commit == head {
		t.Error("the approval followed a push")
	}
}

func TestRefused(t *testing.T) {
	repo := forgetest.New(t, nil)
	p := repo.Open("ana", "galette", forgetest.Files{post: "two"})
	if _, err := repo.Comment(t.Context(), p, string(make([]byte, 65537))); !errors.Is(err, forge.ErrRejected) {
		t.Errorf("a long comment: %v", err)
	}
	if _, err := repo.Pull(t.Context(), p+1); !errors.Is(err, forge.ErrNotFound) {
		t.Errorf("a pull request that is not there: %v", err)
	}
	repo.Team("acme/legal", "ana")
	if _, err := repo.Member(t.Context(), "acme/legal", "ana"); !errors.Is(err, forge.ErrAuth) {
		t.Errorf("a team, as a workflow: %v", err)
	}
	if in, err := repo.As("acme-voice[bot]").Member(t.Context(), "acme/legal", "ana"); err != nil || !in {
		t.Errorf("a team, as an app: %v, %v", in, err)
	}
}

// Issues, pull requests and discussions share their numbers.
func TestNumbers(t *testing.T) {
	repo := forgetest.New(t, nil)
	a, b, c := repo.Issue("ana", "One", ""), repo.Open("ana", "galette", forgetest.Files{post: "two"}), repo.Discuss("ana", "Three")
	if a != 1 || b != 2 || c != 3 {
		t.Errorf("numbers %d, %d, %d", a, b, c)
	}
}
