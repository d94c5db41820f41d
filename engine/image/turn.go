package image

import (
	"image"

	"golang.org/x/image/draw"
)

// upright draws the stored pixels w wide and v high, turned as they are shown.
func upright(stored image.Image, h header, w, v int) *image.RGBA {
	full := image.Rect(0, 0, h.Width, h.Height) // of which a GIF's frame may fill a part
	if h.turn >= 5 {
		full = image.Rect(0, 0, h.Height, h.Width)
		w, v = v, w
	}
	if stored.Bounds() != full || !quick(stored) {
		flat := image.NewRGBA(full)
		draw.Draw(flat, stored.Bounds(), stored, stored.Bounds().Min, draw.Src)
		stored = flat
	}
	to := image.NewRGBA(image.Rect(0, 0, w, v))
	if to.Rect == full {
		draw.Draw(to, full, stored, image.Point{}, draw.Src)
	} else {
		draw.CatmullRom.Scale(to, to.Rect, stored, full, draw.Src, nil)
	}
	return turned(to, h.turn)
}

// quick reports whether scaling knows the layout of m; it asks any other for
// one pixel at a time.
func quick(m image.Image) bool {
	switch m.(type) {
	case *image.RGBA, *image.NRGBA, *image.YCbCr, *image.Gray:
		return true
	}
	return false
}

// turned undoes an EXIF orientation.
func turned(m *image.RGBA, turn int) *image.RGBA {
	if turn == 1 {
		return m
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	at := func(x, y int) (int, int) { // where the pixel shown at x, y is stored
		switch turn {
		case 2:
			return w - 1 - x, y
		case 3:
			return w - 1 - x, h - 1 - y
		case 4:
			return x, h - 1 - y
		case 5:
			return y, x
		case 6:
			return y, h - 1 - x
		case 7:
			return w - 1 - y, h - 1 - x
		default:
			return w - 1 - y, x
		}
	}
	to := image.NewRGBA(m.Rect)
	if turn >= 5 {
		to = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range to.Rect.Dy() {
		for x := range to.Rect.Dx() {
			i, j := to.PixOffset(x, y), m.PixOffset(at(x, y))
			copy(to.Pix[i:i+4], m.Pix[j:j+4])
		}
	}
	return to
}

// onWhite puts white behind what can be seen through.
func onWhite(m *image.RGBA) {
	for i := 0; i < len(m.Pix); i += 4 {
		through := 255 - m.Pix[i+3]
		for c := range 3 {
			m.Pix[i+c] += through // the colours are multiplied by what hides
		}
		m.Pix[i+3] = 255
	}
}
