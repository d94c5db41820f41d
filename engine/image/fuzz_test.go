package image_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/imprimatur-ci/imprimatur/engine/image"
)

func seeds(f *testing.F) [][]byte {
	m := paint(10, 8)
	return [][]byte{
		asJPEG(f, m), turnedJPEG(asJPEG(f, m), binary.LittleEndian, 6), asPNG(f, m), asPNG(f, noise(6, 6, true)),
		pngWith(asPNG(f, m), pngChunk("eXIf", exif(binary.BigEndian, 3))), asGIF(f, m, 1), asGIF(f, m, 2), asWebP(m), animatedWebP(m),
		riff(vp8x(8, 10, 8), chunk("VP8L", vp8l(m)), chunk("EXIF", exif(binary.LittleEndian, 5))),
		jpegWith(asJPEG(f, m), segment(0xe2, []byte("ICC_PROFILE\x00\x01\x01"), profile("RGB "))),
	}
}

func FuzzProbe(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		info, err := image.Probe(bytes.NewReader(data))
		if (err == nil) != (info.Width > 0 && info.Height > 0) {
			t.Fatalf("%+v, %v", info, err)
		}
	})
}

func FuzzFit(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add(s, uint16(0), uint16(0), uint16(0), byte(15))
		f.Add(s, uint16(700), uint16(40), uint16(9), byte(3))
	}
	f.Fuzz(func(t *testing.T, data []byte, size, pixels, side uint16, types byte) {
		if info, err := image.Probe(bytes.NewReader(data)); err != nil || info.Width > 4000 || info.Height > 4000 || info.Width*info.Height > 1<<20 {
			return // large ones are only slow
		}
		b := image.Bounds{Types: []string{}, Bytes: int(size), Pixels: int(pixels), Side: int(side)}
		for i, kind := range []string{image.JPEG, image.PNG, image.GIF, image.WebP} {
			if types>>i&1 == 1 {
				b.Types = append(b.Types, kind)
			}
		}
		out, info, err := image.Fit(data, b)
		if err != nil {
			return
		}
		if got, err := image.Probe(bytes.NewReader(out)); err != nil || got != info {
			t.Fatalf("the picture is %+v, %v; Fit said %+v", got, err, info)
		}
		again, _, err := image.Fit(out, b)
		if err != nil || !bytes.Equal(again, out) {
			t.Fatalf("fitting again changes it: %v", err)
		}
	})
}
