package review

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
	"github.com/imprimatur-ci/imprimatur/engine/forge/forgetest"
	"github.com/imprimatur-ci/imprimatur/engine/git"
)

// A world is a repository in which a story was played. Ana writes the post;
// bob, cleo, dan, lea and leo may write to the repository, rita may only read;
// lea and leo are @acme/legal, dan is @acme/direction.
type world struct {
	t     testing.TB
	repo  *forgetest.Repo
	at    int // the pull request that the story is about
	post  Post
	disk  map[string]string // what is not as it was committed
	fail  map[string]bool
	last  map[string]int64 // the last opinion of each
	depth int              // of the clone; 0: it has all history
	dir   string           // of the clone
}

var short = map[string]string{"post": "posts/a.md", "pic": "media/p.jpg", "people": "people.yaml", "config": "imprimatur.yaml", "owners": ".github/CODEOWNERS"}

// configured is an imprimatur.yaml that asks for something, or has none.
func configured(review string) string {
	s := "version: 1\nbrand: Acme\nchannels: {blog: {platform: site}, linkedin: {platform: linkedin}}\n"
	if review != "" {
		s += "review: " + review + "\n"
	}
	return s
}

func play(t testing.TB, policy, story string) *world {
	w := &world{t: t, repo: forgetest.New(t, forgetest.Files{"imprimatur.yaml": configured(policy), "posts/old.md": "old"}),
		post: Post{ID: "a", File: "posts/a.md", Channels: []string{"blog"}}, disk: map[string]string{}, fail: map[string]bool{}, last: map[string]int64{}}
	for _, who := range []string{"ana", "bob", "cleo", "dan", "lea", "leo", "copilot[bot]"} {
		w.repo.Grant(who, forge.CanWrite)
	}
	w.repo.Team("acme/legal", "lea", "leo")
	w.repo.Team("acme/direction", "dan")
	w.repo.Fail = func(method string) error {
		if w.fail[method] {
			return fmt.Errorf("%w: %s", forge.ErrBusy, method)
		}
		return nil
	}
	for step := range strings.SplitSeq(story, ";") {
		if f := words(step); len(f) > 0 {
			w.step(f[0], f[1:])
		}
	}
	return w
}

// words are those of a step; {} and [] hold theirs together.
func words(s string) []string {
	var out []string
	depth, word := 0, ""
	for _, r := range s + " " {
		switch {
		case r == ' ' && depth == 0:
			if word != "" {
				out = append(out, word)
			}
			word = ""
			continue
		case r == '{' || r == '[':
			depth++
		case r == '}' || r == ']':
			depth--
		}
		word += string(r)
	}
	return out
}

// files are those that a step changes: the post where it names none.
func (w *world) files(args []string) (who string, files forgetest.Files) {
	who, files = "ana", forgetest.Files{}
	for _, a := range args {
		name, content, ok := strings.Cut(a, "=")
		if !ok {
			who = a
			continue
		}
		path := name
		if short[name] != "" {
			path = short[name]
		}
		if bare, ok := strings.CutPrefix(content, "{"); ok && name != "config" {
			content = strings.TrimSuffix(bare, "}")
		}
		switch {
		case content == "gone":
			content = forgetest.Gone
		case name == "config" && content != "broken":
			content = configured(content)
		case name == "owners":
			content = strings.ReplaceAll(content, ",", "\n") + "\n"
		}
		files[path] = content
	}
	if len(files) == 0 {
		files["posts/a.md"] = "text " + strconv.Itoa(w.repo.Now().Minute())
	}
	return who, files
}

func (w *world) step(verb string, args []string) {
	r := w.repo
	who, files := w.files(args)
	first := ""
	if len(args) > 0 {
		first = args[0]
	}
	branch := "topic-" + strconv.Itoa(int(r.Now().Unix()))
	switch verb {
	case "open":
		w.at = r.Open(who, branch, files)
	case "fork":
		w.at = r.OpenFork(who, branch, files)
	case "open-to":
		who, files = w.files(args[1:])
		r.Branch(first, forgetest.Main)
		w.at = r.OpenTo(first, who, branch, files)
	case "push":
		r.PushAs(w.at, who, files)
	case "backdate":
		r.Backdate(w.at, files)
	case "force":
		r.ForcePushAs(w.at, who, files)
	case "update":
		r.Update(w.at, who)
	case "approve":
		w.last[who] = r.Review(w.at, who, forge.Approved)
	case "request":
		w.last[who] = r.Review(w.at, who, forge.ChangesRequested)
	case "comment":
		r.Review(w.at, who, forge.Commented)
	case "dismiss":
		r.Dismiss(w.at, w.last[who], "dan")
	case "forget":
		r.Forget(w.at, w.last[who])
	case "label":
		r.Label(w.at, first, "ana")
	case "unlabel":
		r.Unlabel(w.at, first, "ana")
	case "retarget":
		r.Retarget(w.at, first, "ana")
	case "merge":
		how := forgetest.Squash
		var with []forgetest.Files
		for _, a := range args {
			if strings.Contains(a, "=") {
				with = append(with, files)
			} else {
				how = forgetest.How(a)
			}
		}
		r.Merge(w.at, how, "bob", with...)
	case "close":
		r.Close(w.at)
	case "direct":
		r.Commit(who, forgetest.Main, files)
	case "pull":
		w.at, _ = strconv.Atoi(first)
	case "grant":
		r.Grant(args[0], forge.Permission(args[1]))
	case "fail":
		w.fail[first] = true
	case "lag":
		r.Lag, _ = strconv.Atoi(first)
	case "edit": // on disk only
		for name, content := range files {
			w.disk[name] = content
		}
	case "shallow":
		w.depth, _ = strconv.Atoi(first)
	case "on":
		w.post.Channels = args
	case "in":
		w.post.Campaign = first
	case "urgent":
		w.post.Urgent = true
	case "says":
		w.post.Says = strings.Join(args, " ")
	case "out": // the time before
		w.post.Since = r.Now()
	case "shows":
		w.post.Media = append(w.post.Media, Media{File: short[first]})
	case "names":
		w.post.People = true
	case "at":
		w.post.File = first
	default:
		w.t.Fatalf("nobody knows how to %s", verb)
	}
}

// gate is the gate of a clone of the world.
func (w *world) gate() *Gate {
	dir := w.t.TempDir()
	w.repo.Clone(dir, forgetest.Main)
	if w.depth > 0 {
		from := dir
		dir = w.t.TempDir()
		w.git("/", "clone", "-q", "--depth", strconv.Itoa(w.depth), "file://"+from, dir)
	}
	w.dir = dir
	repo, err := git.Open(w.t.Context(), dir, w.env())
	if err != nil {
		w.t.Fatal(err)
	}
	tree := w.repo.Tree(forgetest.Main)
	read := func(file string) (string, bool) {
		if content, changed := w.disk[file]; changed {
			return content, content != forgetest.Gone
		}
		content, ok := tree[file]
		return content, ok
	}
	content, _ := read(w.post.File)
	w.post.Digest = sum([]byte(content))
	for i := range w.post.Media {
		content, _ := read(w.post.Media[i].File)
		w.post.Media[i].Digest = sum([]byte(content))
	}
	return &Gate{Repo: repo, Forge: w.repo.As(forgetest.Owner), Read: func(file string, _ int64) ([]byte, error) {
		if content, ok := read(file); ok {
			return []byte(content), nil
		}
		return nil, fs.ErrNotExist
	}}
}

func (w *world) env() []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + w.t.TempDir(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull}
}

// ask is the verdict on the post, on its only channel.
func (w *world) ask(ctx context.Context) Verdict {
	w.t.Helper()
	g := w.gate()
	all, err := g.Ask(ctx, []Post{w.post})
	if err != nil {
		w.t.Fatal(err)
	}
	v, ok := all[Key{w.post.ID, w.post.Channels[0]}]
	if !ok || len(all) != len(w.post.Channels) {
		w.t.Fatalf("verdicts on %v", all)
	}
	return v
}

// say is a verdict in one line.
func say(v Verdict) string {
	if v.OK {
		return strings.TrimSpace("ok " + strings.Join(v.By, " "))
	}
	return string(v.Kind) + ": " + v.Why
}

func (w *world) git(dir string, args ...string) {
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env = dir, w.env()
	if out, err := cmd.CombinedOutput(); err != nil {
		w.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}
