package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/render"
	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/schema"
)

func (a *app) countCommand() *cobra.Command {
	var name string
	var lines, pictures bool
	c := &cobra.Command{
		Use:   "count --platform NAME",
		Short: "Count text from standard input as a platform counts it",
		Long: "Count the text on standard input, as it would be sent, the way a platform does. One line of JSON is printed for it; " +
			"with --jsonl, for each line, which holds a JSON string or an object with a \"text\". A line end at the end is not counted.",
		Example: `  printf 'Bonjour 👩‍👩‍👧' | imprimatur count --platform bluesky`,
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			p := a.engine.Platforms.Named(name)
			if p == nil {
				return usage{errors.New(schema.NotKnown("platform", name, a.engine.Platforms.Names()))}
			}
			if lines {
				return a.countLines(p, pictures)
			}
			src, err := io.ReadAll(a.stdin)
			if err != nil {
				return err
			}
			return a.count(p, pictures, strings.TrimSuffix(string(src), "\n"))
		},
	}
	c.Flags().StringVar(&name, "platform", "", "the platform; `imprimatur platforms` lists them")
	c.Flags().BoolVar(&pictures, "pictures", false, "as the text beside pictures, which may have a limit of its own")
	c.Flags().BoolVar(&lines, "jsonl", false, "read JSON lines")
	return c
}

func (a *app) countLines(p *platform.Platform, pictures bool) error {
	r := bufio.NewReaderSize(a.stdin, 1<<16)
	for n := 1; ; n++ {
		line, err := r.ReadBytes('\n')
		if line = bytes.TrimSpace(line); len(line) > 0 {
			said, bad := lineText(line)
			if bad != nil {
				return fmt.Errorf("line %d is neither a JSON string nor an object with a \"text\"", n)
			}
			if err := a.count(p, pictures, said); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func lineText(line []byte) (string, error) {
	var s string
	if json.Unmarshal(line, &s) == nil {
		return s, nil
	}
	var o struct{ Text *string }
	if err := json.Unmarshal(line, &o); err != nil || o.Text == nil {
		return "", errors.New("no text")
	}
	return *o.Text, nil
}

// count prints the size by the platform's first limit, or by the first that
// the text does not fit.
func (a *app) count(p *platform.Platform, pictures bool, s string) error {
	part := platform.Part{Text: s}
	if pictures {
		part.Media = make([]platform.Media, 1)
	}
	sizes := render.Measure(&part, &p.Profile)
	var out any = struct {
		Length int       `json:"length"`
		Limit  *int      `json:"limit"`
		Unit   text.Unit `json:"unit"`
		Fits   bool      `json:"fits"`
	}{text.Count(s, text.Graphemes, 0), nil, text.Graphemes, true}
	if len(sizes) > 0 {
		out = sizes[max(0, slices.IndexFunc(sizes, func(s render.Size) bool { return !s.Fits }))]
	}
	enc := json.NewEncoder(a.stdout)
	enc.SetEscapeHTML(false)
	return enc.Encode(out)
}
