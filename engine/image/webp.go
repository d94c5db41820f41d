package image

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// The flags of a WebP's VP8X chunk.
const (
	webpAnimated = 1 << 1
	webpXMP      = 1 << 2
	webpExif     = 1 << 3
)

var webpKept = []string{"VP8X", "ICCP", "ANIM", "ANMF", "ALPH", "VP8 ", "VP8L"}

// webp reads up to the pixels, and on to the EXIF after them if there is any.
func (h *header) webp(s *scanner) {
	h.Type = WebP
	left := int64(binary.LittleEndian.Uint32(s.take(12)[4:])) - 4
	for exif := false; s.err == nil; {
		if left -= 8; left < 0 {
			if h.Width == 0 {
				s.err = ErrDamaged
			}
			return
		}
		b := s.take(8)
		size, name := int64(binary.LittleEndian.Uint32(b[4:])), string(b[:4])
		padded := size + size&1
		left -= padded
		if need := map[string]int64{"VP8X": 10, "VP8 ": 10, "VP8L": 5}[name]; size < need {
			s.err = ErrDamaged
			return
		}
		switch {
		case name == "VP8X" && h.Width == 0:
			b := s.take(10)
			h.Width, h.Height = 1+int(uint24(b[4:])), 1+int(uint24(b[7:]))
			h.Animated, exif = b[0]&webpAnimated != 0, b[0]&webpExif != 0
			padded -= 10
		case name == "VP8 " && h.Width == 0:
			b := s.take(10)
			h.Width, h.Height = int(binary.LittleEndian.Uint16(b[6:])&0x3fff), int(binary.LittleEndian.Uint16(b[8:])&0x3fff)
		case name == "VP8L" && h.Width == 0:
			bits := binary.LittleEndian.Uint32(s.take(5)[1:])
			h.Width, h.Height = 1+int(bits&0x3fff), 1+int(bits>>14&0x3fff)
		case name == "EXIF" && exif:
			h.turn = orientation(s.take(int(min(size, maxExif))))
			return
		}
		if h.Width > 0 && !exif {
			return
		}
		s.skip(padded)
	}
}

func uint24(b []byte) uint32 { return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 }

// chunksWebP calls f with each chunk's name and content.
func chunksWebP(data []byte, f func(name string, content []byte)) error {
	if len(data) < 12 {
		return ErrDamaged
	}
	size := int64(binary.LittleEndian.Uint32(data[4:])) + 8
	if size > int64(len(data)) {
		return ErrDamaged
	}
	data = data[:size]
	for at := 12; at < len(data); {
		if at+8 > len(data) {
			return ErrDamaged
		}
		n := int64(binary.LittleEndian.Uint32(data[at+4:]))
		if n > int64(len(data)-at-8) {
			return ErrDamaged
		}
		f(string(data[at:at+4]), data[at+8:at+8+int(n)])
		at += 8 + int(n+n&1)
	}
	return nil
}

func stripWebP(data []byte) ([]byte, error) {
	out := make([]byte, 0, len(data)+1)
	out = append(out, "RIFF\x00\x00\x00\x00WEBP"...)
	pixels := false
	err := chunksWebP(data, func(name string, content []byte) {
		if !slices.Contains(webpKept, name) {
			return
		}
		pixels = pixels || name == "VP8 " || name == "VP8L" || name == "ANMF"
		if name == "VP8X" && len(content) > 0 {
			content = bytes.Clone(content)
			content[0] &^= webpXMP | webpExif
		}
		out = append(out, name...)
		out = binary.LittleEndian.AppendUint32(out, uint32(len(content)))
		out = append(out, content...)
		if len(content)&1 == 1 {
			out = append(out, 0)
		}
	})
	if err == nil && !pixels {
		err = ErrDamaged
	}
	if err != nil {
		return nil, err
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out, nil
}
