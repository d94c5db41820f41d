// Package image owns how pictures are read: what a file is, and the bytes of
// it that a platform takes, upright and without what a camera wrote into them.
package image

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// The types of picture there are, as MIME names them.
const (
	JPEG = "image/jpeg"
	PNG  = "image/png"
	GIF  = "image/gif"
	WebP = "image/webp"
)

// Errors about a picture. What a reader itself says is passed on as it is.
var (
	ErrFormat   = errors.New("not a JPEG, PNG, GIF or WebP picture")
	ErrDamaged  = errors.New("the picture is damaged or cut short")
	ErrLarge    = errors.New("the picture has more than 100 megapixels")
	ErrAnimated = errors.New("an animated picture can only be published as it is")
	ErrBounds   = errors.New("the picture cannot be made to fit")
)

// Info is what a picture's header says.
type Info struct {
	Type          string // MIME
	Width, Height int    // in pixels, as it is shown: turned upright
	Animated      bool   // has more than one frame
}

// maxProbe is the most bytes that Probe reads. A still picture's header is
// far smaller; the second frame of an animation may be some megabytes in.
const maxProbe = 64 << 20

// Probe reads a picture's header and no pixel. It holds at most 64 KiB at a
// time. Its errors are ErrFormat, ErrDamaged and those of r.
func Probe(r io.Reader) (Info, error) {
	h, err := probe(r)
	if err != nil {
		return Info{}, err
	}
	return h.Info, nil
}

// header is Info and how the stored pixels must be turned to be upright: an
// EXIF orientation, 1 to 8.
type header struct {
	Info
	turn int
}

func probe(r io.Reader) (header, error) {
	limit := &io.LimitedReader{R: r, N: maxProbe}
	s := scanner{in: bufio.NewReader(limit), limit: limit}
	h := header{turn: 1}
	start, err := s.in.Peek(12)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return h, err
	case bytes.HasPrefix(start, []byte("\xff\xd8\xff")):
		h.jpeg(&s)
	case bytes.HasPrefix(start, []byte(pngMagic)):
		h.png(&s)
	case bytes.HasPrefix(start, []byte("GIF87a")), bytes.HasPrefix(start, []byte("GIF89a")):
		h.gif(&s)
	case len(start) == 12 && string(start[:4]) == "RIFF" && string(start[8:]) == "WEBP":
		h.webp(&s)
	default:
		return h, ErrFormat
	}
	if s.err == nil && (h.Width <= 0 || h.Height <= 0) {
		s.err = ErrDamaged
	}
	if h.turn >= 5 {
		h.Width, h.Height = h.Height, h.Width
	}
	return h, s.err
}

// strip copies a picture without its metadata and without a change to its
// pixels. Doing it twice is the same as doing it once.
func strip(kind string, data []byte) ([]byte, error) {
	switch kind {
	case JPEG:
		return stripJPEG(data)
	case PNG:
		return stripPNG(data)
	case GIF:
		return stripGIF(data)
	default:
		return stripWebP(data)
	}
}

// scanner reads a header. After its first error it gives zeros, so that a
// parser looks at err once a round.
type scanner struct {
	in    *bufio.Reader
	limit *io.LimitedReader
	err   error
}

// take reads n bytes, which must be few.
func (s *scanner) take(n int) []byte {
	b := make([]byte, n)
	if s.err == nil {
		_, err := io.ReadFull(s.in, b)
		s.fail(err)
	}
	if s.err != nil {
		clear(b)
	}
	return b
}

func (s *scanner) skip(n int64) {
	if s.err == nil && n > 0 {
		_, err := io.CopyN(io.Discard, s.in, n)
		s.fail(err)
	}
}

func (s *scanner) fail(err error) {
	switch {
	case !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		s.err = err
	case s.limit.N <= 0:
		s.err = fmt.Errorf("%w: its header does not end within %d MiB", ErrDamaged, maxProbe>>20)
	default:
		s.err = ErrDamaged
	}
}
