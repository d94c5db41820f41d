package platformtest

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"slices"
	"testing"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// kinds are the types the suite can draw.
var kinds = []string{"image/png", "image/jpeg", "image/gif"}

// kind is a type that the platform takes and the suite can draw, or "".
func (s suite) kind() string {
	for _, k := range kinds {
		if slices.Contains(s.p.Profile.Media.Types, k) {
			return k
		}
	}
	return ""
}

// draw makes a picture, different for each seed.
func draw(t *testing.T, kind string, w, h, seed int) platform.Picture {
	t.Helper()
	img := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.Black, color.Gray{uint8(50 + seed%200)}})
	for x := range min(w, 1+seed%7) {
		img.SetColorIndex(x, 0, 1)
	}
	var buf bytes.Buffer
	var err error
	switch kind {
	case "image/png":
		err = png.Encode(&buf, img)
	case "image/jpeg":
		err = jpeg.Encode(&buf, img, nil)
	case "image/gif":
		err = gif.Encode(&buf, img, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return platform.Picture{Data: buf.Bytes(), Type: kind, Width: w, Height: h}
}

// blank makes a black PNG of any size without painting it.
func blank(w, h int) platform.Picture {
	head := binary.BigEndian.AppendUint32(nil, uint32(w))
	head = binary.BigEndian.AppendUint32(head, uint32(h))
	head = append(head, 1, 0, 0, 0, 0) // one bit of grey
	var rows bytes.Buffer
	z := zlib.NewWriter(&rows)
	for range h {
		z.Write(make([]byte, 1+(w+7)/8)) // a buffer takes everything
	}
	z.Close()
	data := slices.Concat([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", head), chunk("IDAT", rows.Bytes()), chunk("IEND", nil))
	return platform.Picture{Data: data, Type: "image/png", Width: w, Height: h}
}

// frame is what a chunk of a PNG is longer than its content.
const frame = 12

func chunk(name string, content []byte) []byte {
	c := binary.BigEndian.AppendUint32(nil, uint32(len(content)))
	c = append(append(c, name...), content...)
	return binary.BigEndian.AppendUint32(c, crc32.ChecksumIEEE(c[4:]))
}

// pad makes a picture exactly size bytes long: a PNG by a chunk that every
// decoder skips, the others by bytes after their end.
func pad(p platform.Picture, size int) platform.Picture {
	more := size - len(p.Data)
	if p.Type != "image/png" || more < frame {
		p.Data = append(bytes.Clone(p.Data), make([]byte, max(0, more))...)
		return p
	}
	end := len(p.Data) - frame // the last chunk is empty
	p.Data = slices.Concat(p.Data[:end], chunk("paDd", make([]byte, more-frame)), p.Data[end:])
	return p
}

// attach makes a picture something a part can hold.
func attach(p platform.Picture, alt string) platform.Media {
	sum := sha256.Sum256(p.Data)
	digest := hex.EncodeToString(sum[:])
	return platform.Media{
		File:   fmt.Sprintf("media/%s.%s", digest[:8], p.Type[len("image/"):]),
		Digest: "sha256:" + digest,
		Type:   p.Type,
		Width:  p.Width,
		Height: p.Height,
		Alt:    alt,
		Open:   func() (platform.Picture, error) { return p, nil },
	}
}

// full is a part with a picture where the platform takes any, so that its
// publishing makes every kind of request.
func (s suite) full(b *bench) platform.Part {
	p := b.part("It is here.")
	if kind := s.kind(); kind != "" && s.p.Profile.Media.Max.Max > 0 {
		p.Media = []platform.Media{attach(draw(b.T, kind, 8, 6, b.made), "A galette")}
	}
	return p
}

// media: pictures arrive with their bytes, type and alternative text, in order.
func (s suite) media(t *testing.T) {
	if s.p.Profile.Media.Max.Max < 1 {
		t.Skip("no pictures")
	}
	for _, kind := range kinds {
		if !slices.Contains(s.p.Profile.Media.Types, kind) {
			continue
		}
		t.Run(kind, func(t *testing.T) {
			b := s.open(t)
			p := b.part("Look.")
			p.Media = append(p.Media, attach(draw(t, kind, 12, 7, 1), "She said \"oui\", <b>&amp;</b> 100 % 👩‍👩‍👧\nand a second line"))
			b.shows(b.only(b.publish(b.attempt(p))), p)
		})
	}
	t.Run("order", func(t *testing.T) {
		kind := s.kind()
		if kind == "" || s.p.Profile.Media.Max.Max < 2 {
			t.Skip("not two pictures that the suite can draw")
		}
		b := s.open(t)
		p := b.part("Look.")
		for i, alt := range []string{"Première : l’été", "", "third", "4 👩‍👩‍👧"}[:min(4, s.p.Profile.Media.Max.Max)] {
			p.Media = append(p.Media, attach(draw(t, kind, 9+i, 8, i), alt))
		}
		b.shows(b.only(b.publish(b.attempt(p))), p)
	})
}
