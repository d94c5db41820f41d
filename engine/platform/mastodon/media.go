package mastodon

import (
	"bytes"
	"context"
	"errors"
	"image"
	_ "image/gif" // what the stand-in looks into
	_ "image/jpeg"
	_ "image/png"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/wire"
)

// upload sends pictures and waits until the server can attach them. Whatever
// goes wrong, nothing is up yet.
func (c *conn) upload(ctx context.Context, media []platform.Media) ([]string, error) {
	ids := make([]string, 0, len(media))
	for _, m := range media {
		pic, err := m.Open()
		if err != nil {
			return nil, err
		}
		id, err := c.send(ctx, m, pic)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func (c *conn) send(ctx context.Context, m platform.Media, pic platform.Picture) (string, error) {
	var fields [][2]string
	if m.Alt != "" {
		fields = append(fields, [2]string{"description", m.Alt})
	}
	if m.Focus != [2]float64{} {
		number := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
		fields = append(fields, [2]string{"focus", number(m.Focus[0]) + "," + number(m.Focus[1])})
	}
	// A name of ours: the author's may say what readers need not know.
	name := "picture." + strings.TrimPrefix(pic.Type, "image/")
	body, kind, err := wire.Form(fields, wire.File{Field: "file", Name: name, Type: pic.Type, Data: pic.Data})
	if err != nil {
		return "", err
	}
	var out struct {
		ID string `json:"id"`
	}
	answer, err := c.answer(ctx, wire.Request{Method: http.MethodPost, Path: "/api/v2/media", Body: body, Type: kind}, &out)
	if err == nil && !valid(out.ID) {
		err = &wire.LostError{Err: errNoID}
	}
	if err != nil {
		return "", lacks(err, platform.ErrRejected, platform.SortRead)
	}
	if answer.Status == http.StatusAccepted {
		return out.ID, c.ready(ctx, out.ID)
	}
	return out.ID, nil
}

const (
	firstLook = 250 * time.Millisecond
	lastLook  = 8 * time.Second
)

// ready waits for a picture to be processed: some twenty seconds at most,
// looking ever less often.
func (c *conn) ready(ctx context.Context, id string) error {
	var out struct {
		ID string `json:"id"`
	}
	for pause := firstLook; pause <= lastLook; pause = pause * 3 / 2 {
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		case <-timer.C:
		}
		answer, err := c.answer(ctx, wire.Request{Method: http.MethodGet, Path: "/api/v1/media/" + id}, &out)
		if err != nil {
			return lacks(err, platform.ErrRejected, platform.SortRead)
		}
		if answer.Status == http.StatusOK {
			return nil
		}
	}
	return &platform.BusyError{Err: errors.New("the server is still processing a picture")}
}

// file is a picture that the stand-in keeps.
type file struct {
	id, alt, kind, focus string
	data                 []byte
	post                 string // id of the status it is attached to
	looks                int    // until it is processed
}

// slow is which pictures take their time: every fourth.
const slow = 4

func (s *standin) upload(r *http.Request) (int, any, error) {
	limits := profile.Media
	in, head, err := r.FormFile("file")
	if err != nil {
		return 0, nil, invalid("Validation failed: File can't be blank")
	}
	defer in.Close()
	f := &file{alt: r.FormValue("description"), focus: r.FormValue("focus")}
	if f.data, err = io.ReadAll(in); err != nil {
		return 0, nil, err
	}
	f.kind, _, _ = mime.ParseMediaType(head.Header.Get("Content-Type"))
	seen := http.DetectContentType(f.data)
	pic, _, err := image.DecodeConfig(bytes.NewReader(f.data))
	switch {
	case !slices.Contains(limits.Types, f.kind) || seen != f.kind || err != nil && f.kind != "image/webp":
		return 0, nil, invalid("Validation failed: File content type is invalid, File is invalid")
	case len(f.data) > limits.Bytes.Max:
		return 0, nil, invalid("Validation failed: File file size must be less than 16 MB")
	case pic.Width*pic.Height > limits.Pixels.Max:
		return 0, nil, invalid("Validation failed: %dx%d images are not supported", pic.Width, pic.Height)
	case limits.Alt.Count(f.alt) > limits.Alt.Max:
		return 0, nil, invalid("Validation failed: Description is too long (maximum is %d characters)", limits.Alt.Max)
	}
	f.id = s.id()
	s.media[f.id] = f
	if len(s.media)%slow == 0 {
		f.looks = 2
		return http.StatusAccepted, s.renderFile(f), nil
	}
	return http.StatusOK, s.renderFile(f), nil
}

// look shows a picture that is not attached yet.
func (s *standin) look(r *http.Request) (int, any, error) {
	f := s.media[r.PathValue("id")]
	if f == nil || f.post != "" {
		return 0, nil, missing
	}
	if f.looks > 0 {
		f.looks--
	}
	if f.looks > 0 {
		return http.StatusPartialContent, s.renderFile(f), nil
	}
	return http.StatusOK, s.renderFile(f), nil
}

// attach is what the stand-in makes of a draft's media.
func (s *standin) attach(id string, d draft) ([]*file, error) {
	if most := profile.Media.Max.Max; len(d.MediaIDs) > most || len(d.MediaIDs) > 0 && d.Poll != nil {
		return nil, invalid("Cannot attach more than %d files", most)
	}
	var files []*file
	for _, name := range d.MediaIDs {
		f := s.media[name]
		switch {
		case f == nil || f.post != "" && f.post != id:
			return nil, invalid("Media %s not found or already attached to another post", name)
		case f.looks > 0:
			return nil, invalid("Cannot attach files that have not finished processing. Try again in a moment!")
		}
		files = append(files, f)
	}
	return files, nil
}

func (s *standin) renderFile(f *file) map[string]any {
	out := map[string]any{"id": f.id, "type": "image", "url": nil, "description": f.alt, "meta": map[string]any{}}
	if f.looks == 0 {
		out["url"] = s.base + "/media/" + f.id
	}
	return out
}
