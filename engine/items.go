package engine

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/moderate"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
)

// itemsDir holds what others wrote, for replays: outside of git, and only for
// as long as imprimatur.yaml says.
var itemsDir = path.Join(workspace.StateDir, "items")

// record writes items down, in a file a day, and throws away what is older
// than keep.
func (s *Space) record(items []moderate.Item, now time.Time, keep time.Duration) error {
	if err := s.private(itemsDir); err != nil {
		return err
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	for i := range items {
		if items[i].Private { // these are nobody else's business, later either
			continue
		}
		if err := enc.Encode(&items[i]); err != nil {
			return err
		}
	}
	file := path.Join(itemsDir, now.UTC().Format(time.DateOnly)+".jsonl")
	w, err := s.Root.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = w.Write(buf.Bytes())
	if end := w.Close(); err == nil {
		err = end
	}
	if err != nil {
		return err
	}
	return s.purge(now.Add(-keep))
}

// purge throws recorded items away that came before a moment.
func (s *Space) purge(before time.Time) error {
	es, err := fs.ReadDir(s.Root.FS(), itemsDir)
	if err != nil {
		return err
	}
	for _, e := range es {
		day, err := time.Parse(time.DateOnly, strings.TrimSuffix(e.Name(), ".jsonl"))
		if err != nil || !day.AddDate(0, 0, 1).Before(before) {
			continue
		}
		if err := s.Root.Remove(path.Join(itemsDir, e.Name())); err != nil {
			return fmt.Errorf("old items cannot be thrown away: %w", err)
		}
	}
	return nil
}
