package main

import (
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/platform/all"
)

// Runs that start at the same time publish everything once.
func TestManyRunsPublishOnce(t *testing.T) {
	p := all.Platforms().Named("mastodon")
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	standin := p.Standin(root)
	srv := httptest.NewServer(standin)
	defer srv.Close()
	settings := standin.Settings(srv.URL)
	for round := range 5 {
		dir := t.TempDir()
		write(t, dir, "imprimatur.yaml", fmt.Sprintf(`version: 1
brand: Round %d
channels:
  site: {platform: site, url: "https://dupain.example/"}
  mastodon: {platform: mastodon, server: %q, token: "${MASTODON_TOKEN}"}
defaults: {channels: [site, mastodon], late: {policy: publish, after: 1h}}
`, round, settings["server"]))
		for i := range 5 {
			write(t, dir, fmt.Sprintf("posts/%d.md", i), fmt.Sprintf("---\npublish_at: 2026-01-0%d 08:30\n---\nRound %d post %d\n\n---\n\nIts second part\n", i+1, round, i))
		}
		before := len(standin.Timeline())
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				c := exec.CommandContext(t.Context(), os.Args[0], "publish", "--yes", "-C", dir)
				c.Env = append(os.Environ(), "IMPRIMATUR_TEST_RUN=1", "MASTODON_TOKEN="+settings["token"])
				if out, err := c.CombinedOutput(); err != nil {
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
		wg.Wait()
		var texts []string
		shown := standin.Timeline()[before:]
		for _, s := range shown {
			texts = append(texts, s.Text)
		}
		if len(shown) != 10 || !threads(shown) {
			t.Fatalf("round %d: %d parts are up, want 10:\n%s", round, len(shown), strings.Join(texts, "\n"))
		}
	}
}

// threads reports whether every second part answers a first one of its own.
func threads(shown []platform.Shown) bool {
	answered := map[string]bool{}
	for _, s := range shown {
		if s.ReplyTo == "" {
			continue
		}
		if answered[s.ReplyTo] {
			return false
		}
		answered[s.ReplyTo] = true
	}
	return len(answered) == len(shown)/2
}
