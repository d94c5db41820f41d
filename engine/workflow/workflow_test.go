package workflow

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

var update = flag.Bool("update", false, "rewrite the expected files")

var setups = map[string]Setup{
	"small": {Name: "voice", Language: "en", Branch: "main", Folders: []string{"."}},
	"bakery": {Name: "dupain", Language: "fr", Branch: "main", Folders: []string{"site"}, Channels: []string{"blog", "mastodon", "no"},
		Secrets: []string{"GITHUB_TOKEN", "MASTODON_TOKEN"}, ByHand: true, Form: true},
	"agency": {Name: "agency", Language: "fr-CA", Branch: "release/it's", Folders: []string{"brands/a b", "brands/c"}, Channels: []string{"x"},
		Secrets: []string{"TOKEN"}, Keys: []string{"MODERATION_KEY"}, ByHand: true, Moderates: true},
}

// What is written is kept in testdata, to be read, and to be linted by
// .ci/run.
func TestFiles(t *testing.T) {
	for name, s := range setups {
		all, err := s.Files()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range all {
			var doc map[string]any
			if err := yaml.Unmarshal([]byte(f.Text), &doc); err != nil {
				t.Errorf("%s: %s: %v", name, f.Name, err)
			}
			file := filepath.Join("testdata", name, filepath.FromSlash(f.Name))
			if *update {
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(f.Text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want, _ := os.ReadFile(file); string(want) != f.Text {
				t.Errorf("%s is not fresh; run go test ./engine/workflow -update", file)
			}
			safe(t, file, f.Text, doc)
		}
	}
}

var uses = regexp.MustCompile(`uses: (\S+)`)

// safe checks what every workflow has to keep.
func safe(t *testing.T, file, text string, doc map[string]any) {
	t.Helper()
	if doc["jobs"] == nil {
		return
	}
	if p, ok := doc["permissions"].(map[string]any); !ok || len(p) != 0 {
		t.Errorf("%s: permissions: {} is missing at the top", file)
	}
	if strings.Contains(text, "pull_request_target") || strings.Contains(text, "run:") {
		t.Errorf("%s runs what it should not", file)
	}
	for _, m := range uses.FindAllStringSubmatch(text, -1) {
		if m[1] != "imprimatur-ci/imprimatur@v1" && !regexp.MustCompile(`^actions/[a-z-]+@[0-9a-f]{40}$`).MatchString(m[1]) {
			t.Errorf("%s: %s is not pinned", file, m[1])
		}
	}
}

// What is written uses the very actions that this repository does.
func TestPins(t *testing.T) {
	var here strings.Builder
	for _, name := range []string{"../../action.yml", "../../.github/workflows/release.yml"} {
		src, err := os.ReadFile(filepath.FromSlash(name))
		if err != nil {
			t.Fatal(err)
		}
		here.Write(src)
	}
	for name, pin := range pins {
		if name != "self" && !strings.Contains(here.String(), "uses: "+pin+"\n") {
			t.Errorf("%s is not what release.yml uses", pin)
		}
	}
}

// The minutes are a workspace's own, and never the full hour.
func TestCron(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range []string{"a", "b", "dupain", "voice", "acme/x", ""} {
		cron := Setup{Name: name}.cron("publish", 30)
		if m := regexp.MustCompile(`^([1-9]|[12]\d),(3[1-9]|[45]\d) \* \* \* \*$`); !m.MatchString(cron) {
			t.Errorf("%q: %s", name, cron)
		}
		seen[cron] = true
	}
	if len(seen) < 4 {
		t.Errorf("all run at once: %v", seen)
	}
}
