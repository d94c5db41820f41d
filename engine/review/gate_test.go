package review

import (
	"strings"
	"testing"
)

const (
	one     = `{approvals: 1}`
	two     = `{approvals: 2}`
	some    = `{approvals: 1, from: ["@acme/legal", cleo]}`
	legal2  = `{approvals: 1, rules: [{channels: [linkedin], approvals: 2}, {channels: [linkedin], approvals: 1, from: ["@acme/legal"]}]}`
	rules   = `{approvals: 1, rules: [{paths: [media/**], approvals: 1, from: [lea]}, {campaigns: [galette], approvals: 2}, {labels: [hot], approvals: 1, from: ["@acme/direction"]}]}`
	about   = `{approvals: 1, rules: [{words: [remboursement, bon de réduction], approvals: 1, from: ["@acme/direction"]}]}`
	hurry   = `{approvals: 2, urgent: {approvals: 1, from: ["@acme/direction"]}}`
	channel = `{approvals: 1, rules: [{channels: [blog], approvals: 2}, {channels: [blog], approvals: 1, from: [dan]}]}`
)

// direct is what is wrong with what no pull request is known to have brought.
const direct = " came to main by no pull request that is known: if there was one, GitHub may not know it yet, and the next run asks again; " +
	"if it was pushed there directly, take that back and bring it in by a pull request"

// The gate: who asks for what, what happened, and what becomes of the post.
var rows = []struct{ name, policy, story, want string }{
	// the ways to merge
	{"nobody is asked for", "none", "direct", "ok"},
	{"nothing was ever said of it", "", "direct", "ok"},
	{"squashed", one, "open; approve bob; merge squash", "ok bob"},
	{"merged", one, "open; push; approve bob; merge merge", "ok bob"},
	{"rebased, several commits", one, "open; push pic=p; push people=x; approve bob; merge rebase; shows pic", "ok bob"},
	{"by the merge queue", one, "open; approve bob; merge queue", "ok bob"},
	{"from a fork", one, "fork stranger; approve bob; merge", "ok bob"},
	{"brought up to date before the approval", one, "open; direct posts/b.md=b; update ana; approve bob; merge", "ok bob"},
	{"the branch went on meanwhile", one, "open; approve bob; direct posts/b.md=b; merge; direct posts/c.md=c", "ok bob"},
	{"approved after the merge", one, "open; merge; approve bob", "ok bob"},
	{"two", two, "open; approve cleo; approve bob; merge", "ok bob cleo"},
	{"who approved twice counts once", two, "open; approve bob; approve bob; merge", "too-few: it was approved by bob (pull request #1), and lacks 1 approval"},

	// no approval at all
	{"merged by bob, approved by nobody", one, "open; merge", "unapproved: nobody has approved it (pull request #1); it takes 1 approval"},
	{"a comment is no approval", one, "open; comment bob; merge", "unapproved: nobody has approved it (pull request #1); it takes 1 approval"},
	{"a later comment takes nothing back", one, "open; approve bob; comment bob; merge", "ok bob"},
	{"dismissed", one, "open; approve bob; dismiss bob; merge", "unapproved: nobody has approved it (pull request #1); it takes 1 approval"},
	{"dismissed, and approved again", one, "open; approve bob; dismiss bob; approve bob; merge", "ok bob"},
	{"an older approval does not come back when the newer is dismissed", one, "open; approve bob; approve bob; dismiss bob; merge", "unapproved: nobody has approved it (pull request #1); it takes 1 approval"},

	// changed after the approval
	{"pushed after the approval", one, "open; approve bob; push; merge", "stale: it was changed after bob approved it (pull request #1); approve it anew"},
	{"pushed after one of two approvals", two, "open; approve bob; push; approve cleo; merge", "too-few: it was approved by cleo (pull request #1), and lacks 1 approval"},
	{"another file was pushed after the approval", one, "open; approve bob; push posts/b.md=b; merge", "stale: it was changed after bob approved it (pull request #1); approve it anew"},
	{"pushed with a date of yesterday", one, "open; approve bob; backdate; merge", "stale: it was changed after bob approved it (pull request #1); approve it anew"},
	{"forced: the approval moves along", one, "open; approve bob; force; merge", "stale: it was changed after bob approved it (pull request #1); approve it anew"},
	{"forced to the same bytes", one, "open post=x; approve bob; force post=x; merge", "stale: it was changed after bob approved it (pull request #1); approve it anew"},
	{"forced, then approved", one, "open; force; approve bob; merge", "ok bob"},
	{"forced, and approved anew", one, "open; approve bob; force; approve bob; merge", "ok bob"},
	{"brought up to date after the approval", one, "open; approve bob; direct posts/b.md=b; update ana; merge", "stale: it was changed after bob approved it (pull request #1); approve it anew"},
	{"GitHub forgot what was approved", one, "open; approve bob; forget bob; merge", "forgotten: GitHub does not know any more what bob approved (pull request #1); approve it anew"},
	{"pointed at another branch after the approval", one, "open-to side; approve bob; retarget main; merge", "retargeted: its pull request was pointed at another branch after bob approved it (pull request #1); approve it anew"},
	{"pointed at another branch before", one, "open-to side; retarget main; approve bob; merge", "ok bob"},

	// by whom
	{"by a reader", one, "open; approve rita; merge", "no-write: it was approved by rita, who may not write to the repository (pull request #1); have someone approve it who may"},
	{"by somebody who may not write any more", one, "open; approve bob; merge; grant bob read", "no-write: it was approved by bob, who may not write to the repository (pull request #1); have someone approve it who may"},
	{"by a bot", one, "open; approve copilot[bot]; merge", "bot: it was approved by copilot[bot], which is no person (pull request #1); have a person approve it"},
	{"by whom pushed last", one, "open; push bob; approve bob; merge", "own-work: bob had a hand in it and cannot approve it (pull request #1); have someone else approve it"},
	{"by whom forced", one, "open; force bob; approve bob; merge", "own-work: bob had a hand in it and cannot approve it (pull request #1); have someone else approve it"},
	{"by whom brought it up to date", one, "open; direct posts/b.md=b; update bob; approve bob; merge", "own-work: bob had a hand in it and cannot approve it (pull request #1); have someone else approve it"},
	{"by whom pushed once, and the author after", one, "open; push bob; push ana; approve bob; merge", "ok bob"},
	{"a stranger's approval changes nothing", one, "open; approve bob; approve rita; merge", "ok bob"},
	{"by the right team", some, "open; approve leo; merge", "ok leo"},
	{"by the right person", some, "open; approve cleo; merge", "ok cleo"},
	{"by the wrong person", some, "open; approve bob; merge", "too-few: it was approved by bob (pull request #1), and lacks 1 approval from @acme/legal or cleo"},
	{"an administrator counts", one, "open; approve owner; merge", "ok owner"},

	// changes asked for
	{"changes asked for, and merged all the same", one, "open; request bob; approve cleo; merge", "changes-requested: bob asked for changes to it (pull request #1); make them and have them approved by bob, or dismiss the request"},
	{"changes asked for, made, not looked at", one, "open; request bob; push; approve cleo; merge", "changes-requested: bob asked for changes to it (pull request #1); make them and have them approved by bob, or dismiss the request"},
	{"changes asked for, made, approved", one, "open; request bob; push; approve bob; merge", "ok bob"},
	{"changes asked for, and dismissed", one, "open; request bob; approve cleo; dismiss bob; merge", "ok cleo"},
	{"changes asked for after approving", one, "open; approve bob; approve cleo; request bob; merge", "changes-requested: bob asked for changes to it (pull request #1); make them and have them approved by bob, or dismiss the request"},
	{"changes asked for after the merge", one, "open; approve bob; merge; request cleo", "changes-requested: cleo asked for changes to it (pull request #1); make them and have them approved by cleo, or dismiss the request"},
	{"changes asked for by a reader", one, "open; request rita; approve bob; merge", "ok bob"},

	// how it came to the branch
	{"pushed directly", one, "direct", "no-pull: it" + direct},
	{"approved, then changed directly", one, "open; approve bob; merge; direct", "no-pull: it" + direct},
	{"approved, changed, and changed back directly", one, "open post=x; approve bob; merge; open post=y; approve bob; merge; direct post=x", "no-pull: it" + direct},
	{"changed back by an approved pull request", one, "open post=x; approve bob; merge; open post=y; merge; open bob post=x; approve cleo; merge", "ok cleo"},
	{"approved, then renamed directly", one, "open posts/b.md=x; approve bob; merge; direct post=x posts/b.md=gone", "no-pull: it" + direct},
	{"renamed by an approved pull request", one, "open posts/b.md=x; merge; open post=x posts/b.md=gone; approve bob; merge", "ok bob"},
	{"GitHub's index lags", one, "lag 3; open; approve bob; merge", "ok bob"},
	{"GitHub's index lags for long, but the merge says its number", one, "lag 99; open; approve bob; merge", "ok bob"},
	{"GitHub's index lags for long, and a rebase says nothing", one, "lag 99; open; push; approve bob; merge rebase", "no-pull: it" + direct},
	{"closed, and pushed directly", one, "open post=x; approve bob; close; direct post=x", "no-pull: it" + direct},
	{"merged elsewhere, and pushed directly", one, "open-to side post=x; approve bob; merge; direct post=x", "no-pull: it" + direct},
	{"the merge changed it", one, "open post=x; approve bob; direct post=z; merge merge post=xz", "changed-in-merge: it is not what pull request #1 ended with, so the merge changed it; look at it again, and change it by another pull request"},
	{"the squash changed it", one, "open post=x; approve bob; merge squash post=worse", "changed-in-merge: it is not what pull request #1 ended with, so the merge changed it; look at it again, and change it by another pull request"},

	// pictures, people
	{"its picture came with it", one, "open post=x pic=p; approve bob; merge; shows pic", "ok bob"},
	{"its picture came by itself", one, "open pic=p; approve cleo; merge; open; approve bob; merge; shows pic", "ok bob"},
	{"its picture was not approved", one, "open pic=p; merge; open; approve bob; merge; shows pic", "unapproved: nobody has approved its picture media/p.jpg (pull request #1); it takes 1 approval"},
	{"its picture was changed directly", one, "open post=x pic=p; approve bob; merge; direct pic=q; shows pic", "no-pull: its picture media/p.jpg" + direct},
	{"people.yaml was changed directly, and it names people", one, "open; approve bob; merge; direct people=x; names people", "no-pull: people.yaml, whose people it names," + direct},
	{"people.yaml was changed directly, and it names nobody", one, "open; approve bob; merge; direct people=x", "ok bob"},
	{"there is no people.yaml", one, "open; approve bob; merge; names people", "ok bob"},

	// not as it was committed
	{"changed on disk", one, "open; approve bob; merge; edit post=other", "not-committed: it is not here as it was committed; commit it, and bring it in by a pull request"},
	{"the picture is changed on disk", one, "open post=x pic=p; approve bob; merge; shows pic; edit pic=q", "not-committed: its picture media/p.jpg is not here as it was committed; commit it, and bring it in by a pull request"},
	{"never committed", one, "edit post=new", "not-committed: it is not here as it was committed; commit it, and bring it in by a pull request"},
	{"the settings are changed on disk", two, "open; approve bob; approve cleo; merge; edit config={approvals: 1}", "not-committed: imprimatur.yaml, by which every post goes out, is not here as it was committed; commit it, and bring it in by a pull request"},
	{"asked for on disk only", "none", "open; approve bob; merge; edit config={approvals: 1}", "not-committed: imprimatur.yaml, by which every post goes out, is not here as it was committed; commit it, and bring it in by a pull request"},
	{"with the line ends of Windows", one, "open post={a\nb\n}; approve bob; merge; edit post={a\r\nb\r\n}", "ok bob"},
	{"the clone is shallow", one, "open; approve bob; merge; shallow 1", "shallow: the history that tells who approved imprimatur.yaml is not here; give actions/checkout `fetch-depth: 0`, or run git fetch --unshallow"},
	{"the clone is shallow, and nobody is asked for", "none", "open; merge; shallow 1", "ok"},

	// rules
	{"two for LinkedIn, one of them legal", legal2, "open; approve bob; approve lea; merge; on linkedin", "ok bob lea"},
	{"two for LinkedIn, none of them legal", legal2, "open; approve bob; approve cleo; merge; on linkedin", "too-few: it was approved by bob and cleo (pull request #1), and lacks 1 approval from @acme/legal"},
	{"one legal, too few for LinkedIn", legal2, "open; approve lea; merge; on linkedin", "too-few: it was approved by lea (pull request #1), and lacks 1 approval"},
	{"none for LinkedIn", legal2, "open; merge; on linkedin", "unapproved: nobody has approved it (pull request #1); it takes 2 approvals and 1 from @acme/legal"},
	{"one is enough for the blog", legal2, "open; approve bob; merge; on blog", "ok bob"},
	{"a rule for pictures", rules, "open post=x pic=p; approve bob; merge; shows pic", "too-few: it was approved by bob (pull request #1), and lacks 1 approval from lea"},
	{"a rule for pictures, met", rules, "open post=x pic=p; approve lea; merge; shows pic", "ok lea"},
	{"a rule for a campaign", rules, "open; approve bob; merge; in galette", "too-few: it was approved by bob (pull request #1), and lacks 1 approval"},
	{"a rule for a label", rules, "open; label hot; approve bob; merge", "too-few: it was approved by bob (pull request #1), and lacks 1 approval from @acme/direction"},
	{"a label taken off after the merge stays", rules, "open; label hot; approve bob; merge; unlabel hot", "too-few: it was approved by bob (pull request #1), and lacks 1 approval from @acme/direction"},
	{"a label taken off before the merge does not", rules, "open; label hot; unlabel hot; approve bob; merge", "ok bob"},
	{"a label put on after the merge counts", rules, "open; approve bob; merge; label hot", "too-few: it was approved by bob (pull request #1), and lacks 1 approval from @acme/direction"},

	// rules for posts that say something
	{"says what the direction wants to see", about, "open; approve bob; merge; says Le remboursement, c'est promis", "too-few: it was approved by bob (pull request #1), and lacks 1 approval from @acme/direction"},
	{"says it, and the direction saw it", about, "open; approve bob; approve dan; merge; says Bon de RÉDUCTION en caisse", "ok bob dan"},
	{"says nothing of it", about, "open; approve bob; merge; says La galette est là", "ok bob"},
	{"in another word", about, "open; approve bob; merge; says irremboursements", "ok bob"},
	{"says it, and the rule goes in the same pull request", about, "open a={Le remboursement} config={approvals: 1}; approve bob; merge; says Le remboursement", "too-few: imprimatur.yaml, by which every post goes out, was approved by bob (pull request #1), and lacks 1 approval from @acme/direction"},

	// posts that come back, and need an approval each time
	{"comes back, approved before", one, "open; approve bob; merge; out", "spent: it comes back, and each time needs an approval of its own: bob approved it before it last went out (pull request #1); approve it anew there, or change it"},
	{"comes back, approved anew", one, "open; approve bob; merge; out; approve cleo", "ok cleo"},
	{"comes back, changed and approved", one, "open; approve bob; merge; out; open; approve bob; merge", "ok bob"},
	{"comes back, with the picture it had", one, "open pic=p; approve bob; merge; open; approve bob; merge; shows pic; out; approve cleo", "ok cleo"},

	// urgent posts
	{"urgent, by who may", hurry, "open; approve dan; merge; urgent", "ok dan"},
	{"urgent, by two who may not", hurry, "open; approve bob; approve cleo; merge; urgent", "too-few: it was approved by bob and cleo (pull request #1), and lacks 1 approval from @acme/direction"},
	{"not urgent, by who may if it were", hurry, "open; approve dan; merge", "too-few: it was approved by dan (pull request #1), and lacks 1 approval"},
	{"urgent, with a picture approved the usual way", hurry, "open pic=p; approve bob; approve cleo; merge; open; approve dan; merge; urgent; shows pic", "ok dan"},
	{"urgent, where nobody may", one, "open; approve dan; merge; urgent", "not-urgent: it says urgent: true, and imprimatur.yaml names nobody who may approve that; take the line out, or add urgent below review"},

	// owners
	{"CODEOWNERS is honoured from the change on that asks for it", one, "direct owners={* @bob,/posts/ @cleo}; open config={approvals: 1, codeowners: true}; approve dan; merge; open; approve cleo; merge", "ok cleo"},
	{"CODEOWNERS was there first", "none", "direct owners={* @bob,/posts/ @cleo}; direct config={approvals: 1, codeowners: true}; open; approve cleo; merge", "ok cleo"},
	{"not by the owner", "none", "direct owners={* @bob,/posts/ @cleo}; direct config={approvals: 1, codeowners: true}; open; approve bob; merge", "too-few: it was approved by bob (pull request #1), and lacks 1 approval from @cleo"},
	{"an owner who wrote it", "none", "direct owners={/posts/ @ana}; direct config={approvals: 1, codeowners: true}; open; approve bob; merge", "too-few: it was approved by bob (pull request #1), and lacks 1 approval from @ana"},
	{"a team that owns it", "none", "direct owners={/posts/ @acme/legal}; direct config={approvals: 1, codeowners: true}; open; approve leo; merge", "ok leo"},
	{"who owns nothing", "none", "direct owners={* @bob,/posts/}; direct config={approvals: 1, codeowners: true}; open; approve cleo; merge", "ok cleo"},
	{"CODEOWNERS taken away directly", "none", "direct owners={* @bob}; direct config={approvals: 1, codeowners: true}; direct owners=gone; open; approve cleo; merge", "no-pull: .github/CODEOWNERS, which names who must approve," + direct},
	{"CODEOWNERS taken away with the owner's approval", "none", "direct owners={* @bob}; direct config={approvals: 1, codeowners: true}; open owners=gone; approve bob; merge; open; approve cleo; merge", "ok cleo"},
	{"CODEOWNERS changed directly", "none", "direct owners={* @bob}; direct config={approvals: 1, codeowners: true}; direct owners={* @cleo}; open; approve cleo; merge", "no-pull: .github/CODEOWNERS, which names who must approve," + direct},
	{"CODEOWNERS changed by who it named", "none", "direct owners={* @bob}; direct config={approvals: 1, codeowners: true}; open owners={* @cleo}; approve bob; merge; open; approve cleo; merge", "ok cleo"},
	{"CODEOWNERS that cannot be read", "none", "direct owners={!x @bob}; direct config={approvals: 1, codeowners: true}; open; approve bob; merge", "bad-owners: CODEOWNERS, which review asks to be honoured, has a fault: .github/CODEOWNERS:1: a pattern cannot begin with !; write a line without owners instead"},
	{"CODEOWNERS mended", "none", "direct owners={!x @bob}; direct config={approvals: 1, codeowners: true}; direct owners={* @bob}; open; approve bob; merge", "ok bob"},

	// who decides who decides
	{"turned on without approval, which nobody needs", "none", "direct config={approvals: 1}; open; approve bob; merge", "ok bob"},
	{"turned off directly", one, "direct config=none; direct", "no-pull: imprimatur.yaml, by which every post goes out," + direct},
	{"turned off with approval", one, "open config=none; approve bob; merge; direct", "ok"},
	{"lowered with too few", two, "open config={approvals: 1}; approve bob; merge; open; approve bob; merge", "too-few: imprimatur.yaml, by which every post goes out, was approved by bob (pull request #1), and lacks 1 approval"},
	{"lowered with enough", two, "open config={approvals: 1}; approve bob; approve cleo; merge; open; approve bob; merge", "ok bob"},
	{"lowered directly, then touched with one approval", two, "direct config={approvals: 1}; open config={approvals: 1, codeowners: false}; approve bob; merge; open; approve bob; merge", "too-few: imprimatur.yaml, by which every post goes out, was approved by bob (pull request #1), and lacks 1 approval"},
	{"lowered directly, then put back by those who may", two, "direct config={approvals: 1}; open config={approvals: 2}; approve bob; approve cleo; merge; open; approve bob; approve cleo; merge", "ok bob cleo"},
	{"raised: what was approved before needs more now", one, "open; approve bob; merge; open config={approvals: 2}; approve bob; merge", "too-few: it was approved by bob (pull request #1), and lacks 1 approval"},
	{"a rule dropped without those it names", channel, "open config={approvals: 1}; approve bob; approve cleo; merge; open; approve bob; merge", "too-few: imprimatur.yaml, by which every post goes out, was approved by bob and cleo (pull request #1), and lacks 1 approval from dan"},
	{"other settings changed directly", one, "open; approve bob; merge; direct imprimatur.yaml={version: 1\nbrand: Other\nchannels: {blog: {platform: site}}\nreview: {approvals: 1}}", "no-pull: imprimatur.yaml, by which every post goes out," + direct},
	{"imprimatur.yaml that cannot be read, for a while", one, "direct config=broken; open config={approvals: 1}; approve bob; merge; open; approve bob; merge", "ok bob"},
	{"imprimatur.yaml away, and back lowered", two, "direct config=gone; direct config={approvals: 1}; open; approve bob; merge", "no-pull: imprimatur.yaml, by which every post goes out," + direct},

	// GitHub does not answer
	{"the reviews cannot be read", one, "open; approve bob; merge; fail Reviews", "no-answer: GitHub does not tell who approved it (github: too many requests: Reviews); the next run asks again"},
	{"the index cannot be read", one, "open; approve bob; merge; fail Introduced", "no-answer: GitHub does not tell who approved it (github: too many requests: Introduced); the next run asks again"},
	{"what people may do cannot be read", one, "open; approve bob; merge; fail Permission", "no-answer: GitHub does not tell who approved it (github: too many requests: Permission); the next run asks again"},
	{"what happened cannot be read", one, "open; approve bob; merge; fail Events", "no-answer: GitHub does not tell who approved it (github: too many requests: Events); the next run asks again"},
	{"teams cannot be read, and are not needed", some, "open; approve cleo; merge; fail Member", "ok cleo"},
	{"teams cannot be read", some, "open; approve leo; merge; fail Member", "no-answer: GitHub does not tell who approved it (github: too many requests: Member); the next run asks again"},
}

func TestGate(t *testing.T) {
	for _, r := range rows {
		t.Run(strings.ReplaceAll(r.name, " ", "-"), func(t *testing.T) {
			t.Parallel()
			if got := say(play(t, r.policy, r.story).ask(t.Context())); got != r.want {
				t.Errorf("%s\n  is   %s\n  want %s", r.story, got, r.want)
			}
		})
	}
	t.Log(len(rows), "histories")
}
