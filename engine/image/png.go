package image

import (
	"encoding/binary"
	"hash/crc32"
	"slices"
)

const pngMagic = "\x89PNG\r\n\x1a\n"

// pngKept are the chunks that say what a picture looks like.
var pngKept = []string{
	"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "bKGD", "pHYs", "sBIT",
	"cHRM", "gAMA", "iCCP", "sRGB", "cICP", "mDCV", "cLLI",
	"acTL", "fcTL", "fdAT",
}

// png reads the chunks before the pixels. EXIF after them is not looked at by
// browsers either.
func (h *header) png(s *scanner) {
	h.Type = PNG
	s.take(len(pngMagic))
	for first := true; s.err == nil; first = false {
		b := s.take(8)
		size, name := int64(binary.BigEndian.Uint32(b)), string(b[4:])
		switch {
		case s.err != nil:
		case first != (name == "IHDR"), name == "IEND", name == "IHDR" && size != 13:
			s.err = ErrDamaged
		case name == "IHDR":
			b := s.take(8)
			w, v := binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])
			if w > 1<<31-1 || v > 1<<31-1 {
				s.err = ErrDamaged
				return
			}
			h.Width, h.Height = int(w), int(v)
			size -= 8
		case name == "IDAT":
			return
		case name == "acTL":
			h.Animated = true
		case name == "eXIf":
			n := min(size, maxExif)
			h.turn = orientation(s.take(int(n)))
			size -= n
		}
		s.skip(size + 4)
	}
}

// chunksPNG calls f with each chunk, whole, up to IEND.
func chunksPNG(data []byte, f func(name string, chunk []byte)) error {
	for at := len(pngMagic); at+12 <= len(data); {
		size := int64(binary.BigEndian.Uint32(data[at:]))
		if size > int64(len(data)-at-12) {
			return ErrDamaged
		}
		end := at + 12 + int(size)
		if crc32.ChecksumIEEE(data[at+4:end-4]) != binary.BigEndian.Uint32(data[end-4:]) {
			return ErrDamaged
		}
		name := string(data[at+4 : at+8])
		f(name, data[at:end])
		if name == "IEND" {
			return nil
		}
		at = end
	}
	return ErrDamaged
}

func stripPNG(data []byte) ([]byte, error) {
	out := append(make([]byte, 0, len(data)), pngMagic...)
	pixels, strange := false, false
	err := chunksPNG(data, func(name string, chunk []byte) {
		pixels = pixels || name == "IDAT"
		if slices.Contains(pngKept, name) {
			out = append(out, chunk...)
		} else if name[0] >= 'A' && name[0] <= 'Z' {
			strange = true // nobody can show it without this chunk, nor with it
		}
	})
	if err == nil && (strange || !pixels) {
		err = ErrDamaged
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}
