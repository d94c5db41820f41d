package render

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/image"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// places says where the pictures named in a part's text went.
type places struct {
	at   map[string]int // index in the part's Media, by the name in the text
	part *platform.Part
}

// find answers for a picture in the text, where the platform shows them there.
func (p places) find(file string) (text.Picture, bool) {
	i, ok := p.at[file]
	if !ok {
		return text.Picture{}, false
	}
	m := &p.part.Media[i]
	return text.Picture{Src: "media:" + strconv.Itoa(i), Alt: m.Alt, Width: m.Width, Height: m.Height}, true
}

// media gives each part its pictures: those of the front matter go to the
// first, those named in the text to the part that names them.
func (j *job) media(doc text.Doc, parts []platform.Part) []places {
	all := make([]places, len(parts))
	if len(j.say.Media) > 0 {
		parts[0].Media = make([]platform.Media, 0, len(j.say.Media))
	}
	for i, m := range j.say.Media {
		at := func() schema.Pos { return j.at("media[" + strconv.Itoa(i) + "].file") }
		if pm, ok := j.picture(m, at); ok {
			parts[0].Media = append(parts[0].Media, pm)
		}
	}
	for i, part := range doc.Parts {
		all[i].part = &parts[i]
		part.Spans(func(s text.Span) {
			if s.Role != text.Image {
				return
			}
			index := j.named(&parts[i], s)
			if index >= 0 && j.profile.Media.Inline {
				if all[i].at == nil {
					all[i].at = map[string]int{}
				}
				all[i].at[s.Link] = index
			}
		})
	}
	return all
}

// named is the index of the picture that the text names; one that is in the
// front matter too is not shown twice.
func (j *job) named(p *platform.Part, s text.Span) int {
	file := j.Workspace.Picture(j.post, s.Link).File
	for i := range p.Media {
		if p.Media[i].File == file {
			return i
		}
	}
	alt := s.Text
	m, ok := j.picture(schema.Media{File: s.Link, Alt: &alt}, func() schema.Pos { return j.textAt(s.At) })
	if !ok {
		return -1
	}
	p.Media = append(p.Media, m)
	return len(p.Media) - 1
}

func (j *job) picture(m schema.Media, at func() schema.Pos) (platform.Media, bool) {
	pic := j.Workspace.Picture(j.post, m.File)
	if pic.Problem != "" {
		return platform.Media{}, false // the checks report it, once for all channels
	}
	out := platform.Media{File: pic.File, Digest: pic.Digest, Type: pic.Type, Width: pic.Width, Height: pic.Height, Open: opener(j.Workspace, pic, j.bounds())}
	if m.Alt != nil {
		out.Alt = strings.TrimSpace(*m.Alt)
	}
	if len(m.Focus) == 2 {
		out.Focus = [2]float64{m.Focus[0], m.Focus[1]}
	}
	if l := j.profile.Media.Alt; l.Max > 0 && l.Count(out.Alt) > l.Max {
		j.problem(at(), "media/alt-too-long", fmt.Sprintf("the alternative text has %d %s, %s takes %d; shorten it", l.Count(out.Alt), l.Unit, j.c.Platform.Title, l.Max))
	}
	return out, true
}

// opener reads the picture when it is sent, not before. A file that changed
// since it was rendered is not what was approved.
func opener(w *workspace.Workspace, pic *workspace.Picture, b image.Bounds) func() (platform.Picture, error) {
	return func() (platform.Picture, error) {
		data, err := w.ReadPicture(pic.File)
		if err != nil {
			return platform.Picture{}, fmt.Errorf("%s: %w", pic.File, err)
		}
		if workspace.Sum(data) != pic.Digest {
			return platform.Picture{}, fmt.Errorf("%s changed while this ran; run it again", pic.File)
		}
		out, info, err := image.Fit(data, b)
		if err != nil {
			return platform.Picture{}, fmt.Errorf("%s: %w", pic.File, err)
		}
		return platform.Picture{Data: out, Type: info.Type, Width: info.Width, Height: info.Height}, nil
	}
}
