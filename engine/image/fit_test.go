package image_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	stdimage "image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"slices"
	"testing"

	"golang.org/x/image/webp"

	"github.com/imprimatur-ci/imprimatur/engine/image"
)

func decode(t testing.TB, data []byte) stdimage.Image {
	t.Helper()
	info, err := image.Probe(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	in := bytes.NewReader(data)
	var m stdimage.Image
	switch info.Type {
	case image.JPEG:
		m, err = jpeg.Decode(in)
	case image.PNG:
		m, err = png.Decode(in)
	case image.GIF:
		m, err = gif.Decode(in)
	default:
		m, err = webp.Decode(in)
	}
	if err != nil {
		t.Fatal(err)
	}
	if b := m.Bounds(); b.Dx() != info.Width || b.Dy() != info.Height {
		t.Fatalf("%v, but the header says %+v", b, info)
	}
	return m
}

// must fits data and holds the outcome to what Fit promises.
func must(t testing.TB, data []byte, b image.Bounds) ([]byte, image.Info) {
	t.Helper()
	out, info, err := image.Fit(data, b)
	if err != nil {
		t.Fatal(err)
	}
	promises(t, data, b, out, info)
	return out, info
}

func promises(t testing.TB, data []byte, b image.Bounds, out []byte, info image.Info) {
	t.Helper()
	if got, err := image.Probe(bytes.NewReader(out)); err != nil || got != info {
		t.Fatalf("the picture is %+v, %v; Fit said %+v", got, err, info)
	}
	if b.Bytes > 0 && len(out) > b.Bytes || b.Side > 0 && max(info.Width, info.Height) > b.Side ||
		b.Pixels > 0 && info.Width*info.Height > b.Pixels || b.Types != nil && !slices.Contains(b.Types, info.Type) {
		t.Fatalf("%+v and %d bytes are not within %+v", info, len(out), b)
	}
	again, same, err := image.Fit(out, b)
	if err != nil || same != info || !bytes.Equal(again, out) {
		t.Fatalf("fitting again changes it: %+v, %v; was %+v", same, err, info)
	}
	if twice, _, _ := image.Fit(data, b); !bytes.Equal(twice, out) {
		t.Fatal("the same picture gave other bytes")
	}
	for _, said := range []string{secret, place, "Exif", "xmp", "XMP"} {
		if bytes.Contains(out, []byte(said)) {
			t.Fatalf("%q is still in it", said)
		}
	}
}

// upright is the corners of each orientation's picture once it is upright: the
// stored one is R G / B Y.
var upright = map[int]string{1: "RGBY", 2: "GRYB", 3: "YBGR", 4: "BYRG", 5: "RBGY", 6: "BRYG", 7: "YGBR", 8: "GYRB"}

func TestFitTurns(t *testing.T) {
	m := paint(48, 32)
	for turn, want := range upright {
		for name, data := range map[string][]byte{
			"jpeg": turnedJPEG(asJPEG(t, m), binary.BigEndian, turn),
			"JPEG": turnedJPEG(asJPEG(t, m), binary.LittleEndian, turn),
			"png":  pngWith(asPNG(t, m), pngChunk("eXIf", exif(binary.BigEndian, turn))),
			"webp": riff(vp8x(8, 48, 32), chunk("VP8L", vp8l(m)), chunk("EXIF", exif(binary.LittleEndian, turn))),
		} {
			for _, side := range []int{0, 24} {
				t.Run(fmt.Sprint(name, turn, "side", side), func(t *testing.T) {
					out, info := must(t, data, image.Bounds{Side: side})
					if got := corners(decode(t, out)); got != want {
						t.Errorf("corners %s, want %s", got, want)
					}
					if (info.Width > info.Height) != (turn < 5) {
						t.Errorf("%+v", info)
					}
				})
			}
		}
	}
}

// What fits keeps every byte of its pixels.
func TestFitStrips(t *testing.T) {
	m := paint(40, 40)
	icc := profile("RGB ")
	j, p, w := asJPEG(t, m), asPNG(t, m), vp8l(m)
	jfif := segment(0xe0, []byte("JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x00\x00"))
	thumb := segment(0xe0, []byte("JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x01\x01"), []byte(secret[:3]))
	colours := segment(0xe2, []byte("ICC_PROFILE\x00\x01\x01"), icc)
	adobe := segment(0xee, []byte("Adobe\x00d\x00\x00\x00\x00\x01"))
	g := asGIF(t, m, 2)
	head := 13 + 3<<(g[10]&7+1)*int(g[10]>>7)
	loop := []byte("\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00")
	if !bytes.Contains(g, loop) {
		t.Fatal("no loop to keep")
	}
	extra := []byte("\x21\xfe\x1f" + secret + "\x00\x21\xff\x0bXMP DataXMP\x15" + place + "\x00")
	for name, c := range map[string]struct{ data, want []byte }{
		"jpeg": {
			jpegWith(j, thumb, segment(0xe1, []byte("Exif\x00\x00"), exif(binary.BigEndian, 1)), segment(0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>"+secret)),
				colours, segment(0xe2, []byte("MPF\x00"+secret)), segment(0xed, []byte(secret)), segment(0xeb, []byte(secret)), adobe, segment(0xfe, []byte(secret))),
			jpegWith(j, jfif, colours, adobe),
		},
		"jpeg and more after it": {slices.Concat(j, []byte(secret), turnedJPEG(j, binary.BigEndian, 1)), j},
		"png": {
			append(pngWith(p, pngChunk("gAMA", []byte{0, 0, 177, 143}), pngChunk("eXIf", exif(binary.BigEndian, 1)), pngChunk("tEXt", []byte("Author\x00"+secret)),
				pngChunk("iTXt", []byte("XML:com.adobe.xmp\x00\x00\x00\x00\x00"+secret)), pngChunk("zTXt", []byte(secret)), pngChunk("tIME", make([]byte, 7)), pngChunk("prVt", []byte(secret))), secret...),
			pngWith(p, pngChunk("gAMA", []byte{0, 0, 177, 143})),
		},
		"gif": {slices.Concat(g[:head], extra, g[head:len(g)-1], extra, []byte{0x3b}, []byte(secret)), g},
		"webp": {
			append(riff(vp8x(0x2c, 40, 40), chunk("ICCP", icc), chunk("VP8L", w), chunk("EXIF", exif(binary.BigEndian, 1)), chunk("XMP ", []byte(secret)), chunk("note", []byte(secret))), secret...),
			riff(vp8x(0x20, 40, 40), chunk("ICCP", icc), chunk("VP8L", w)),
		},
	} {
		t.Run(name, func(t *testing.T) {
			out, _ := must(t, c.data, image.Bounds{Bytes: len(c.want), Side: 40, Pixels: 1600})
			if !bytes.Equal(out, c.want) {
				t.Errorf("got  %q\nwant %q", out, c.want)
			}
		})
	}
	_, info := must(t, animatedWebP(m), image.Bounds{})
	if !info.Animated {
		t.Error("the animation is lost")
	}
}

func TestFitShrinks(t *testing.T) {
	loud, clear := noise(300, 200, false), noise(300, 200, true)
	for _, c := range []struct {
		name string
		data []byte
		b    image.Bounds
		kind string
		w, h int // 0: whatever holds the promises
	}{
		{"side", asJPEG(t, loud), image.Bounds{Side: 150}, image.JPEG, 150, 100},
		{"pixels", asJPEG(t, loud), image.Bounds{Pixels: 15000}, image.JPEG, 150, 100},
		{"bytes by quality", asJPEG(t, loud), image.Bounds{Bytes: 60_000}, image.JPEG, 300, 200},
		{"bytes by size", asJPEG(t, loud), image.Bounds{Bytes: 5_000}, image.JPEG, 0, 0},
		{"png opaque", asPNG(t, loud), image.Bounds{Side: 150}, image.JPEG, 150, 100},
		{"png transparent", asPNG(t, clear), image.Bounds{Side: 150}, image.PNG, 150, 100},
		{"png transparent and heavy", asPNG(t, clear), image.Bounds{Bytes: 60_000}, image.JPEG, 300, 200},
		{"png where no png is taken", asPNG(t, clear), image.Bounds{Types: []string{image.JPEG}}, image.JPEG, 300, 200},
		{"jpeg where only png is taken", asJPEG(t, loud), image.Bounds{Types: []string{image.PNG}, Bytes: 20_000}, image.PNG, 0, 0},
		{"gif", asGIF(t, paint(300, 200), 1), image.Bounds{Types: []string{image.JPEG, image.PNG}}, image.JPEG, 300, 200},
		{"webp", asWebP(loud), image.Bounds{Types: []string{image.JPEG, image.PNG}}, image.JPEG, 300, 200},
		{"webp transparent", asWebP(clear), image.Bounds{Types: []string{image.JPEG, image.PNG}}, image.PNG, 300, 200},
		{"a line", asPNG(t, paint(5000, 2)), image.Bounds{Pixels: 50}, image.JPEG, 0, 0},
		{"wider than a jpeg can be", asPNG(t, paint(70_000, 1)), image.Bounds{Types: []string{image.JPEG}}, image.JPEG, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, info := must(t, c.data, c.b)
			if info.Type != c.kind || c.w > 0 && (info.Width != c.w || info.Height != c.h) {
				t.Errorf("got %+v", info)
			}
			decode(t, out)
		})
	}
}

func TestFitKeepsTheLook(t *testing.T) {
	m := paint(60, 40)
	for name, data := range map[string][]byte{"jpeg": asJPEG(t, m), "png": asPNG(t, m), "gif": asGIF(t, m, 1), "webp": asWebP(m)} {
		out, _ := must(t, data, image.Bounds{Side: 30})
		if got := corners(decode(t, out)); got != "RGBY" {
			t.Errorf("%s: corners %s", name, got)
		}
	}
	hole := paint(60, 40)
	for y := range 20 {
		for x := range 30 {
			hole.SetRGBA(x, y, color.RGBA{})
		}
	}
	for name, data := range map[string][]byte{"png": asPNG(t, hole), "gif": asGIF(t, hole, 1), "webp": asWebP(hole)} {
		out, _ := must(t, data, image.Bounds{Types: []string{image.JPEG}})
		if c := decode(t, out).At(2, 2); !near(c, color.White) {
			t.Errorf("%s: what is behind the hole is %v", name, c)
		}
		out, _ = must(t, data, image.Bounds{Types: []string{image.PNG, image.JPEG}, Side: 30})
		if _, _, _, a := decode(t, out).At(2, 2).RGBA(); a != 0 {
			t.Errorf("%s: the hole is gone", name)
		}
	}
	// a frame that fills a part of the screen
	part := asGIF(t, paint(20, 10), 1)
	part[6], part[8] = 60, 40
	out, info := must(t, part, image.Bounds{Types: []string{image.JPEG}})
	if info.Width != 60 || info.Height != 40 || !near(decode(t, out).At(50, 30), color.White) {
		t.Errorf("a frame smaller than its screen: %+v", info)
	}
}

// profile is as much of a colour profile as we look at.
func profile(space string) []byte {
	icc := make([]byte, 200)
	copy(icc[16:], space)
	copy(icc[36:], "acsp")
	return icc
}

func TestFitKeepsColourProfile(t *testing.T) {
	m := paint(40, 40)
	rgb, gray := profile("RGB "), profile("GRAY")
	iccp := func(icc []byte) []byte { return pngChunk("iCCP", append([]byte("p\x00\x00"), deflate(icc)...)) }
	holed := paint(40, 40)
	holed.SetRGBA(5, 5, color.RGBA{})
	for name, data := range map[string][]byte{
		"jpeg": jpegWith(asJPEG(t, m), segment(0xe2, []byte("ICC_PROFILE\x00\x01\x01"), rgb)),
		"png":  pngWith(asPNG(t, m), iccp(rgb)),
		"webp": riff(vp8x(0x20, 40, 40), chunk("ICCP", rgb), chunk("VP8L", vp8l(m))),
	} {
		out, _ := must(t, data, image.Bounds{Side: 20})
		if !bytes.Contains(out, rgb) {
			t.Errorf("%s: the colour profile is gone", name)
		}
		decode(t, out)
	}
	out, info := must(t, pngWith(asPNG(t, holed), iccp(rgb)), image.Bounds{Side: 20})
	if info.Type != image.PNG || !bytes.Contains(out, []byte("iCCPicc\x00\x00")) {
		t.Errorf("%+v: the colour profile is gone", info)
	}
	decode(t, out)
	out, _ = must(t, jpegWith(asJPEG(t, m), segment(0xe2, []byte("ICC_PROFILE\x00\x01\x01"), gray)), image.Bounds{Side: 20})
	if bytes.Contains(out, gray) {
		t.Error("a profile for gray stands on colours")
	}
}

func deflate(b []byte) []byte {
	var out bytes.Buffer
	z := zlib.NewWriter(&out)
	z.Write(b)
	z.Close()
	return out.Bytes()
}

func TestFitRefuses(t *testing.T) {
	m := paint(40, 40)
	bomb := asPNG(t, m)
	binary.BigEndian.PutUint32(bomb[16:], 20_000)
	binary.BigEndian.PutUint32(bomb[20:], 20_000)
	bomb = slices.Concat(bomb[:8], pngChunk("IHDR", bomb[16:29]), bomb[33:])
	turn := riff(vp8x(0xa, 40, 40), chunk("ANMF", make([]byte, 16)), chunk("EXIF", exif(binary.LittleEndian, 6)))
	for _, c := range []struct {
		name string
		data []byte
		b    image.Bounds
		want error
	}{
		{"gif", asGIF(t, m, 2), image.Bounds{Side: 20}, image.ErrAnimated},
		{"gif by type", asGIF(t, m, 2), image.Bounds{Types: []string{image.JPEG, image.PNG}}, image.ErrAnimated},
		{"gif by bytes", asGIF(t, m, 2), image.Bounds{Bytes: 20}, image.ErrAnimated},
		{"webp", animatedWebP(m), image.Bounds{Pixels: 20}, image.ErrAnimated},
		{"webp on its side", turn, image.Bounds{}, image.ErrAnimated},
		{"png animated", pngWith(asPNG(t, m), pngChunk("acTL", make([]byte, 8))), image.Bounds{Side: 20}, image.ErrAnimated},
		{"bomb", bomb, image.Bounds{Side: 2000}, image.ErrLarge},
		{"nothing to write", asJPEG(t, m), image.Bounds{Types: []string{image.WebP}}, image.ErrBounds},
		{"no room", asJPEG(t, m), image.Bounds{Bytes: 10}, image.ErrBounds},
		{"text", []byte("not a picture at all"), image.Bounds{}, image.ErrFormat},
	} {
		if out, _, err := image.Fit(c.data, c.b); !errors.Is(err, c.want) || out != nil {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	for _, data := range [][]byte{asJPEG(t, m), asPNG(t, m), asGIF(t, m, 1), asWebP(m)} {
		for _, b := range []image.Bounds{{}, {Side: 20}} {
			for _, n := range []int{len(data) - 12, len(data) / 2} {
				if _, _, err := image.Fit(data[:n], b); !errors.Is(err, image.ErrDamaged) {
					t.Errorf("%q… cut to %d: %v", data[:4], n, err)
				}
			}
		}
	}
}
