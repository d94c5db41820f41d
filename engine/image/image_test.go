package image_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"github.com/imprimatur-ci/imprimatur/engine/image"
)

func TestProbe(t *testing.T) {
	m := paint(30, 20)
	for _, c := range []struct {
		name string
		data []byte
		want image.Info
	}{
		{"jpeg", asJPEG(t, m), image.Info{Type: image.JPEG, Width: 30, Height: 20}},
		{"jpeg with fill bytes", jpegWith(asJPEG(t, m), []byte{0xff, 0xff, 0xff}), image.Info{Type: image.JPEG, Width: 30, Height: 20}},
		{"jpeg on its side", turnedJPEG(asJPEG(t, m), binary.BigEndian, 6), image.Info{Type: image.JPEG, Width: 20, Height: 30}},
		{"jpeg on its head", turnedJPEG(asJPEG(t, m), binary.LittleEndian, 3), image.Info{Type: image.JPEG, Width: 30, Height: 20}},
		{"jpeg with nonsense in EXIF", turnedJPEG(asJPEG(t, m), binary.LittleEndian, 9), image.Info{Type: image.JPEG, Width: 30, Height: 20}},
		{"png", asPNG(t, m), image.Info{Type: image.PNG, Width: 30, Height: 20}},
		{"png on its side", pngWith(asPNG(t, m), pngChunk("eXIf", exif(binary.BigEndian, 8))), image.Info{Type: image.PNG, Width: 20, Height: 30}},
		{"png animated", pngWith(asPNG(t, m), pngChunk("acTL", make([]byte, 8))), image.Info{Type: image.PNG, Width: 30, Height: 20, Animated: true}},
		{"gif", asGIF(t, m, 1), image.Info{Type: image.GIF, Width: 30, Height: 20}},
		{"gif without an end", bytes.TrimSuffix(asGIF(t, m, 1), []byte{0x3b}), image.Info{Type: image.GIF, Width: 30, Height: 20}},
		{"gif animated", asGIF(t, m, 3), image.Info{Type: image.GIF, Width: 30, Height: 20, Animated: true}},
		{"webp lossless", asWebP(m), image.Info{Type: image.WebP, Width: 30, Height: 20}},
		{"webp lossy", riff(chunk("VP8 ", []byte{0, 0, 0, 0x9d, 1, 0x2a, 30, 0x40, 20, 0, 0, 0})), image.Info{Type: image.WebP, Width: 30, Height: 20}},
		{"webp extended", riff(vp8x(0x10, 30, 20), chunk("VP8L", vp8l(m))), image.Info{Type: image.WebP, Width: 30, Height: 20}},
		{"webp on its side", riff(vp8x(8, 30, 20), chunk("VP8L", vp8l(m)), chunk("EXIF", exif(binary.LittleEndian, 5))), image.Info{Type: image.WebP, Width: 20, Height: 30}},
		{"webp animated", animatedWebP(m), image.Info{Type: image.WebP, Width: 30, Height: 20, Animated: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := image.Probe(iotest.OneByteReader(bytes.NewReader(c.data)))
			if err != nil || got != c.want {
				t.Fatalf("got %+v, %v; want %+v", got, err, c.want)
			}
			if _, info, err := image.Fit(c.data, image.Bounds{}); err == nil && (info.Width != c.want.Width || info.Height != c.want.Height) {
				t.Fatalf("Fit says %+v, Probe %+v", info, c.want)
			}
		})
	}
}

// Probe reads a header, not a picture.
func TestProbeReadsLittle(t *testing.T) {
	for _, data := range [][]byte{asJPEG(t, noise(400, 400, false)), asPNG(t, noise(400, 400, false)), asWebP(noise(400, 400, false))} {
		in := bytes.NewReader(data)
		if _, err := image.Probe(in); err != nil {
			t.Fatal(err)
		}
		if read := int(in.Size()) - in.Len(); read > 8<<10 {
			t.Errorf("read %d of %d bytes", read, len(data))
		}
	}
	endless := io.MultiReader(bytes.NewReader([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00----\x7f\xff\xff\xfftEXt")), zeros{})
	if _, err := image.Probe(endless); !errors.Is(err, image.ErrDamaged) {
		t.Errorf("an endless file: %v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestProbeRefuses(t *testing.T) {
	for _, text := range []string{"", "GIF", "hello, this is not a picture", "RIFF\x04\x00\x00\x00AVI LIST", "<svg xmlns='http://www.w3.org/2000/svg'/>", "\x00\x00\x00\x1cftypavif"} {
		if _, err := image.Probe(bytes.NewReader([]byte(text))); !errors.Is(err, image.ErrFormat) {
			t.Errorf("%q: %v", text, err)
		}
	}
	m := paint(8, 8)
	for _, data := range [][]byte{asJPEG(t, m), asPNG(t, m), asGIF(t, m, 1), asWebP(m)} {
		for n := 12; n < 20; n++ {
			if _, err := image.Probe(bytes.NewReader(data[:n])); !errors.Is(err, image.ErrDamaged) {
				t.Errorf("%q: %v", data[:n], err)
			}
		}
	}
	if _, err := image.Probe(io.MultiReader(bytes.NewReader(asPNG(t, m)[:20]), iotest.ErrReader(io.ErrClosedPipe))); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("a reader's own error is lost: %v", err)
	}
	if _, err := image.Probe(bytes.NewReader(riff(chunk("VP8 ", make([]byte, 12))))); !errors.Is(err, image.ErrDamaged) {
		t.Errorf("no size: %v", err)
	}
}
