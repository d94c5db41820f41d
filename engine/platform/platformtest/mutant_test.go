package platformtest

import (
	"bytes"
	"context"
	"image"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

// wrongToy names, for a child process, what is wrong with its toy.
const wrongToy = "PLATFORMTEST_WRONG_TOY"

// TestToy runs the suite on a connector that keeps every promise, or, in a
// child of TestMutants, on one that breaks a promise.
func TestToy(t *testing.T) { Run(t, toy(os.Getenv(wrongToy))) }

// TestDescribed is TestToy for a platform without a connector.
func TestDescribed(t *testing.T) {
	wrong := os.Getenv(wrongToy)
	p := toy(wrong)
	p.Open, p.Standin, p.Repeat = nil, nil, 0
	if wrong != "ops of nobody" {
		p.Ops = nil
	}
	p.Fields = p.Fields[:1]
	p.Compose = "{server}/new"
	p.Profile.Paste = text.Plain{}
	switch wrong {
	case "repeats by hand":
		p.Repeat = platform.Forever
	case "secret of a person":
		p.Fields[0].Secret = true
	case "compose":
		p.Compose = "https://toy.example/{board}"
	case "compose not required":
		p.Fields[0].Required = false
	case "no types":
		p.Profile.Media.Types = nil
	case "placeless tags":
		p.Profile.Tags = platform.TagProfile{Max: p.Profile.Text[0]}
	case "caption":
		p.Profile.Caption = platform.Limit{Max: 100, Unit: text.CodePoints}
	}
	Described(t, p)
}

// TestMutants proves that the suite can fail: each toy breaks one promise,
// and the test of that promise must see it.
func TestMutants(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many processes")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []string{"ops of nobody", "repeats by hand", "secret of a person", "compose", "compose not required", "no types",
		"placeless tags", "caption", "source", "help"} {
		t.Run("described "+wrong, func(t *testing.T) {
			child := exec.CommandContext(t.Context(), self, "-test.run=^TestDescribed$")
			child.Env = append(os.Environ(), wrongToy+"="+wrong)
			if said, err := child.CombinedOutput(); err == nil || bytes.Contains(said, []byte("panic:")) {
				t.Errorf("the suite takes it, or breaks: %s", said)
			}
		})
	}
	for _, m := range []struct{ wrong, seenBy string }{
		{"ops", "Describes"},
		{"source", "Describes"},
		{"help", "Describes"},
		{"marker", "Describes"},
		{"trims", "Publishes/blank_inside"},
		{"escapes", "Publishes/HTML"},
		{"facets", "Publishes/addresses"},
		{"lang", "Carries/Lang_fr"},
		{"visibility", "Carries/Visibility"},
		{"poll", "Carries/Poll_multiple_true"},
		{"unit", "Fits/Text"},
		{"cut", "Fits/Text"},
		{"text over", "Fits/Text"},
		{"bytes of text over", "Fits/Text"},
		{"warning over", "Fits/Warning"},
		{"media over", "Fits/Media"},
		{"bytes over", "Fits/Media"},
		{"pixels over", "Fits/Media"},
		{"alt over", "Fits/Alt"},
		{"options over", "Fits/Poll"},
		{"option over", "Fits/Poll"},
		{"poll open", "Fits/Poll"},
		{"after", "Threads"},
		{"root", "Threads"},
		{"alt", "Media/image/png"},
		{"order", "Media/order"},
		{"key", "Repeats"},
		{"find any", "Finds"},
		{"find known", "Finds"},
		{"find blind", "Fails/Find"},
		{"edit drops media", "Edits"},
		{"edit swallows", "Fails/Edit"},
		{"remove twice", "Removes"},
		{"rev of nothing", "Looks"},
		{"find without rev", "Looks"},
		{"edit without rev", "Looks"},
		{"look away", "Looks"},
		{"look at the clock", "Looks"},
		{"look late", "Looks"},
		{"look blind", "Fails/Look"},
		{"look unsorted", "Fails/Look"},
		{"locate anything", "Locates"},
		{"locate below", "Locates"},
		{"locate address", "Locates"},
		{"locate loudly", "Locates"},
		{"read again", "Reads"},
		{"read once", "Reads"},
		{"read backwards", "Reads"},
		{"read own", "Reads"},
		{"read glued", "Reads"},
		{"read any cursor", "Reads"},
		{"cursor tells", "Reads"},
		{"read late", "Reads"},
		{"read skips", "ReadsMany"},
		{"read blind", "Fails/Read"},
		{"read away", "Fails/Read"},
		{"read unsorted", "Fails/Read"},
		{"harsher", "Moderates/mute"},
		{"unasked", "Moderates/label"},
		{"moderate twice", "Moderates/hide"},
		{"undo all", "Moderates/hide"},
		{"undo once", "Moderates/mute"},
		{"undo tells", "Moderates/hide"},
		{"undo a report", "Moderates/report"},
		{"moderate swallows", "Fails/Moderate"},
		{"moderate busy", "Fails/Moderate"},
		{"answer astray", "Answers"},
		{"limit names", "Limits"},
		{"cancel", "Cancels/before"},
		{"leak", "Fails/text/401_unauthorized"},
		{"leak words", "Fails/text/422_unprocessable"},
		{"leak session", "Fails/text/500_server_error"},
		{"unknown early", "Fails/text/500_server_error"},
		{"retries", "Fails/text/answer_lost"},
		{"swallows", "Fails/text/log-in_page"},
		{"busy", "Fails/text/answer_lost"},
		{"unsorted", "Fails/text/422_unprocessable"},
	} {
		t.Run(m.wrong, func(t *testing.T) {
			ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
			defer stop()
			// Describes runs with it, for it decides whether the rest does.
			promise, _, _ := strings.Cut(m.seenBy, "/")
			child := exec.CommandContext(ctx, self, "-test.run=^TestToy$/^(Describes|"+promise+")$", "-test.v")
			child.Env = append(os.Environ(), wrongToy+"="+m.wrong)
			said, err := child.CombinedOutput()
			if err == nil {
				t.Fatalf("the suite takes it:\n%s", said)
			}
			if !regexp.MustCompile(`--- FAIL: TestToy/` + regexp.QuoteMeta(m.seenBy) + ` `).Match(said) {
				t.Errorf("%s does not see it:\n%s", m.seenBy, said)
			}
			if bytes.Contains(said, []byte("panic:")) || bytes.Contains(said, []byte("DATA RACE")) {
				t.Errorf("it broke in another way:\n%s", said)
			}
		})
	}
}

func readAll(r *http.Request) ([]byte, error) { return io.ReadAll(r.Body) }

func decode(data []byte) (image.Config, error) {
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	return c, err
}
