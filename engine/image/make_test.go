package image_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	stdimage "image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"
)

// The colours of the corners of every picture that tests make.
var (
	red    = color.RGBA{220, 0, 0, 255}
	green  = color.RGBA{0, 200, 0, 255}
	blue   = color.RGBA{0, 0, 230, 255}
	yellow = color.RGBA{230, 220, 0, 255}
)

// paint makes a picture of four fields: red and green above, blue and yellow
// below.
func paint(w, h int) *stdimage.RGBA {
	m := stdimage.NewRGBA(stdimage.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetRGBA(x, y, [2][2]color.RGBA{{red, green}, {blue, yellow}}[min(1, 2*y/h)][min(1, 2*x/w)])
		}
	}
	return m
}

// noise is a picture that packs badly.
func noise(w, h int, alpha bool) *stdimage.NRGBA {
	m, r := stdimage.NewNRGBA(stdimage.Rect(0, 0, w, h)), rand.New(rand.NewPCG(1, 2))
	for i := range m.Pix {
		m.Pix[i] = uint8(r.Uint32())
		if i%4 == 3 && !alpha {
			m.Pix[i] = 255
		}
	}
	return m
}

func asJPEG(t testing.TB, m stdimage.Image) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, m stdimage.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// asGIF makes a GIF of some frames that each hold m.
func asGIF(t testing.TB, m stdimage.Image, frames int) []byte {
	var b bytes.Buffer
	p := stdimage.NewPaletted(m.Bounds(), color.Palette{red, green, blue, yellow, color.RGBA{}})
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			p.Set(x, y, m.At(x, y))
		}
	}
	g := gif.GIF{Image: slices.Repeat([]*stdimage.Paletted{p}, frames), Delay: make([]int, frames)}
	if err := gif.EncodeAll(&b, &g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// asWebP makes a lossless WebP of chunks.
func asWebP(m stdimage.Image) []byte { return riff(chunk("VP8L", vp8l(m))) }

// vp8l writes m with codes of eight bits for everything.
func vp8l(m stdimage.Image) []byte {
	var out []byte
	var n int
	put := func(v uint64, count int) {
		for range count {
			if n%8 == 0 {
				out = append(out, 0)
			}
			out[n/8] |= byte(v&1) << (n % 8)
			v >>= 1
			n++
		}
	}
	w, h := m.Bounds().Dx(), m.Bounds().Dy()
	put(0x2f, 8)
	put(uint64(w-1), 14)
	put(uint64(h-1), 14)
	put(1, 1)
	put(0, 3+1+1+1) // version, no transform, no cache, one group of codes
	for _, symbols := range []int{280, 256, 256, 256} {
		put(0, 1)
		put(12-4, 4) // lengths of the codes for 17 18 0 1 2 3 4 5 16 6 7 8
		for _, length := range []uint64{0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1} {
			put(length, 3)
		}
		put(0, 1)
		for i := range symbols {
			if i < 256 {
				put(1, 1)
			} else {
				put(0, 1)
			}
		}
	}
	put(1, 4) // distances: one code, never used
	for y := range h {
		for x := range w {
			c := color.NRGBAModel.Convert(m.At(x, y)).(color.NRGBA)
			for _, v := range []uint8{c.G, c.R, c.B, c.A} {
				put(uint64(bits.Reverse8(v)), 8)
			}
		}
	}
	return out
}

func chunk(name string, content []byte) []byte {
	b := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(content)))
	b = append(b, content...)
	return append(b, make([]byte, len(content)&1)...)
}

func riff(chunks ...[]byte) []byte {
	body := append([]byte("WEBP"), bytes.Join(chunks, nil)...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func vp8x(flags byte, w, h int) []byte {
	return chunk("VP8X", []byte{flags, 0, 0, 0, byte(w - 1), byte((w - 1) >> 8), 0, byte(h - 1), byte((h - 1) >> 8), 0})
}

func animatedWebP(m stdimage.Image) []byte {
	w, h := m.Bounds().Dx(), m.Bounds().Dy()
	frame := append([]byte{0, 0, 0, 0, 0, 0, byte(w - 1), 0, 0, byte(h - 1), 0, 0, 100, 0, 0, 0}, chunk("VP8L", vp8l(m))...)
	return riff(vp8x(2, w, h), chunk("ANIM", make([]byte, 6)), chunk("ANMF", frame), chunk("ANMF", frame))
}

const (
	place  = "48,51,24,0N 2,21,3,0E"
	secret = "taken by Ana with a Camera 3000"
)

// exif makes what a camera writes: how it was held, and where.
func exif(order binary.AppendByteOrder, turn int) []byte {
	b := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		b = []byte("MM\x00*")
	}
	entry := func(tag, kind uint16, count, value uint32) {
		b = order.AppendUint16(b, tag)
		b = order.AppendUint16(b, kind)
		b = order.AppendUint32(b, count)
		if kind == 3 {
			b = order.AppendUint16(order.AppendUint16(b, uint16(value)), 0)
		} else {
			b = order.AppendUint32(b, value)
		}
	}
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 3)
	const after = 8 + 2 + 3*12 + 4
	entry(0x010e, 2, uint32(len(secret)), after)
	entry(0x0112, 3, 1, uint32(turn))
	entry(0x8825, 4, 1, uint32(after+len(secret)))
	b = order.AppendUint32(b, 0)
	return append(append(b, secret...), place...)
}

func segment(marker byte, content ...[]byte) []byte {
	body := bytes.Join(content, nil)
	return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(2+len(body))), body...)
}

// jpegWith puts segments behind the start of a JPEG.
func jpegWith(data []byte, segments ...[]byte) []byte {
	return bytes.Join([][]byte{data[:2], bytes.Join(segments, nil), data[2:]}, nil)
}

func turnedJPEG(data []byte, order binary.AppendByteOrder, turn int) []byte {
	return jpegWith(data, segment(0xe1, []byte("Exif\x00\x00"), exif(order, turn)))
}

func pngChunk(name string, content []byte) []byte {
	body := append([]byte(name), content...)
	b := append(binary.BigEndian.AppendUint32(nil, uint32(len(content))), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(body))
}

// pngWith puts chunks behind the header of a PNG.
func pngWith(data []byte, chunks ...[]byte) []byte {
	return bytes.Join([][]byte{data[:33], bytes.Join(chunks, nil), data[33:]}, nil)
}

func near(a, b color.Color) bool {
	ar, ag, ab, _ := a.RGBA()
	br, bg, bb, _ := b.RGBA()
	d := func(x, y uint32) bool { return max(x, y)-min(x, y) < 24<<8 }
	return d(ar, br) && d(ag, bg) && d(ab, bb)
}

// corners names the colours of the corners, in reading order.
func corners(m stdimage.Image) string {
	b, s := m.Bounds(), ""
	for _, p := range []stdimage.Point{{b.Min.X, b.Min.Y}, {b.Max.X - 1, b.Min.Y}, {b.Min.X, b.Max.Y - 1}, {b.Max.X - 1, b.Max.Y - 1}} {
		switch c := m.At(p.X, p.Y); {
		case near(c, red):
			s += "R"
		case near(c, green):
			s += "G"
		case near(c, blue):
			s += "B"
		case near(c, yellow):
			s += "Y"
		default:
			s += "?"
		}
	}
	return s
}
