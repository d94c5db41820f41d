package image

import (
	"bytes"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math"
	"slices"

	"golang.org/x/image/webp"
)

// Bounds is what a picture may be. 0 is no bound.
type Bounds struct {
	Types  []string // MIME; nil: any of the four
	Bytes  int
	Pixels int // width times height
	Side   int // the longer of width and height
}

func (b Bounds) takes(kind string) bool { return b.Types == nil || slices.Contains(b.Types, kind) }

func (b Bounds) holds(i Info, size int) bool {
	return b.takes(i.Type) && !b.heavy(size) &&
		(b.Side == 0 || max(i.Width, i.Height) <= b.Side) &&
		(b.Pixels == 0 || int64(i.Width)*int64(i.Height) <= int64(b.Pixels))
}

func (b Bounds) heavy(size int) bool { return b.Bytes > 0 && size > b.Bytes }

// maxPixels is the size above which a picture is not decoded: a file of a few
// kilobytes can claim as many as it likes.
const maxPixels = 100_000_000

// Fit returns a picture upright, without metadata, and within b. One that is
// so already keeps its pixels as they are; another is written anew as a JPEG,
// or as a PNG where it has transparency. The same data and bounds give the
// same bytes, and Fit of those changes nothing. Besides the errors of Probe it
// returns ErrAnimated, ErrLarge and ErrBounds.
func Fit(data []byte, b Bounds) ([]byte, Info, error) {
	h, err := probe(bytes.NewReader(data))
	if err != nil {
		return nil, Info{}, err
	}
	bare, err := strip(h.Type, data)
	if err != nil {
		return nil, Info{}, err
	}
	if h.turn == 1 && b.holds(h.Info, len(bare)) {
		return bare, h.Info, nil
	}
	if h.Animated {
		return nil, Info{}, fmt.Errorf("%w, and this one is a %s of %d x %d pixels and %d bytes", ErrAnimated, h.Type, h.Width, h.Height, len(bare))
	}
	if int64(h.Width)*int64(h.Height) > maxPixels {
		return nil, Info{}, ErrLarge
	}
	stored, err := decode(h, bare)
	if err != nil {
		return nil, Info{}, err
	}
	return b.encode(stored, h, profile(h.Type, bare))
}

// decode reads the pixels, as they are stored. The decoders are not ours and
// the bytes are anybody's, so that a panic is the file's fault.
func decode(h header, data []byte) (m image.Image, err error) {
	defer func() {
		if r := recover(); r != nil {
			m, err = nil, fmt.Errorf("%w: %v", ErrDamaged, r)
		}
	}()
	in := bytes.NewReader(data)
	switch h.Type {
	case JPEG:
		m, err = jpeg.Decode(in)
	case PNG:
		m, err = png.Decode(in)
	case GIF:
		m, err = gif.Decode(in)
	default:
		m, err = webp.Decode(in)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return m, nil
}

// encode writes the stored pixels anew within b.
func (b Bounds) encode(stored image.Image, h header, icc []byte) ([]byte, Info, error) {
	kind := JPEG
	if !b.takes(JPEG) {
		kind = PNG
	}
	if !b.takes(kind) {
		return nil, Info{}, fmt.Errorf("%w: neither a JPEG nor a PNG is taken, and a %s has to be written anew", ErrBounds, h.Type)
	}
	for w, v := b.size(h.Width, h.Height); ; {
		picture := upright(stored, h, w, v)
		if kind == JPEG && b.takes(PNG) && !picture.Opaque() {
			out, err := writePNG(picture, icc)
			if err == nil && !b.heavy(len(out)) {
				return out, Info{PNG, w, v, false}, nil
			}
		}
		out, err := b.write(picture, kind, icc)
		if err != nil {
			return nil, Info{}, err
		}
		if !b.heavy(len(out)) {
			return out, Info{kind, w, v, false}, nil
		}
		if w == 1 && v == 1 {
			return nil, Info{}, fmt.Errorf("%w: %d bytes are too few", ErrBounds, b.Bytes)
		}
		by := min(0.9, max(0.5, math.Sqrt(float64(b.Bytes)/float64(len(out)))))
		w, v = max(1, int(float64(w)*by)), max(1, int(float64(v)*by))
	}
}

// size scales w by h down to what b and a JPEG hold.
func (b Bounds) size(w, h int) (int, int) {
	const maxSide = 65535
	by := min(1, maxSide/float64(max(w, h)))
	if b.Side > 0 {
		by = min(by, float64(b.Side)/float64(max(w, h)))
	}
	if b.Pixels > 0 {
		by = min(by, math.Sqrt(float64(b.Pixels)/float64(w)/float64(h)))
	}
	if by == 1 {
		return w, h
	}
	w, h = max(1, int(float64(w)*by)), max(1, int(float64(h)*by))
	if b.Pixels > 0 { // a thin line does not get thinner
		w = min(w, max(1, b.Pixels/h))
		h = min(h, max(1, b.Pixels/w))
	}
	return w, h
}

// write encodes a picture in as good a quality as b has room for, or in the
// lowest we accept.
func (b Bounds) write(picture *image.RGBA, kind string, icc []byte) ([]byte, error) {
	if kind == PNG {
		return writePNG(picture, icc)
	}
	onWhite(picture)
	const best, lowest, step = 90, 66, 8
	var fresh bytes.Buffer
	for quality := best; ; quality -= step {
		fresh.Reset()
		if err := jpeg.Encode(&fresh, picture, &jpeg.Options{Quality: quality}); err != nil {
			return nil, err
		}
		out := embed(JPEG, fresh.Bytes(), icc)
		if quality == lowest || !b.heavy(len(out)) {
			return out, nil
		}
		if len(out)/3 > b.Bytes { // the steps between would not do either
			quality = lowest + step
		}
	}
}

func writePNG(picture *image.RGBA, icc []byte) ([]byte, error) {
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		return nil, err
	}
	return embed(PNG, out.Bytes(), icc), nil
}
