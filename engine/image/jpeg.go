package image

import (
	"bytes"
	"encoding/binary"
)

// The markers of a JPEG that we look at.
const (
	markSOI   = 0xd8
	markEOI   = 0xd9
	markSOS   = 0xda
	markAPP0  = 0xe0
	markAPP1  = 0xe1
	markAPP2  = 0xe2
	markAPP14 = 0xee
	markAPP15 = 0xef
	markCOM   = 0xfe
)

func isFrame(marker byte) bool { // a frame's header, which has the size
	return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc
}

// jpeg reads up to the frame's header. EXIF stands before it.
func (h *header) jpeg(s *scanner) {
	h.Type = JPEG
	s.take(2)
	for exif := false; s.err == nil; {
		marker := s.marker()
		size := int(binary.BigEndian.Uint16(s.take(2))) - 2
		switch {
		case s.err != nil:
		case size < 0, marker == markSOS, marker == markEOI:
			s.err = ErrDamaged
		case isFrame(marker):
			b := s.take(5)
			h.Height, h.Width = int(binary.BigEndian.Uint16(b[1:])), int(binary.BigEndian.Uint16(b[3:]))
			return
		case marker == markAPP1 && !exif:
			if b := s.take(size); bytes.HasPrefix(b, []byte(exifPrefix)) {
				h.turn, exif = orientation(b), true
			}
		default:
			s.skip(int64(size))
		}
	}
}

// marker reads a marker, which any number of ff may stand before.
func (s *scanner) marker() byte {
	if s.take(1)[0] != 0xff && s.err == nil {
		s.err = ErrDamaged
	}
	for s.err == nil {
		if b := s.take(1)[0]; b != 0xff {
			return b
		}
	}
	return 0
}

// stripJPEG keeps what a decoder needs: no application's segment but the
// colour profile and what tells the colour space, no comment, and nothing
// after the end, where phones put films and second pictures.
func stripJPEG(data []byte) ([]byte, error) {
	out := make([]byte, 0, len(data))
	out = append(out, 0xff, markSOI)
	scans := 0
	for at := 2; ; {
		for at+1 < len(data) && data[at] == 0xff && data[at+1] == 0xff {
			at++
		}
		if at+1 >= len(data) || data[at] != 0xff {
			return nil, ErrDamaged
		}
		marker := data[at+1]
		if marker == markEOI {
			if scans == 0 {
				return nil, ErrDamaged
			}
			return append(out, 0xff, markEOI), nil
		}
		if at+4 > len(data) {
			return nil, ErrDamaged
		}
		end := at + 2 + int(binary.BigEndian.Uint16(data[at+2:]))
		if end < at+4 || end > len(data) {
			return nil, ErrDamaged
		}
		if marker == markSOS {
			scans++
			end = scanEnd(data, end)
		}
		out = append(out, keptSegment(marker, data[at:end])...)
		at = end
	}
}

// scanEnd finds the marker after a scan's pixels, which begin at i.
func scanEnd(data []byte, i int) int {
	for ; i+1 < len(data); i++ {
		if data[i] == 0xff && data[i+1] != 0 && data[i+1] != 0xff && (data[i+1] < 0xd0 || data[i+1] > 0xd7) {
			return i
		}
	}
	return len(data)
}

// keptSegment is what stays of a segment, which begins with its marker.
func keptSegment(marker byte, segment []byte) []byte {
	const jfif = 18 // marker, size, name, version, density, size of the thumbnail
	body := segment[4:]
	switch {
	case marker == markAPP0 && bytes.HasPrefix(body, []byte("JFIF\x00")) && len(segment) >= jfif:
		kept := bytes.Clone(segment[:jfif]) // without a thumbnail: it may show what was cropped away
		kept[2], kept[3], kept[16], kept[17] = 0, jfif-2, 0, 0
		return kept
	case marker == markAPP2 && bytes.HasPrefix(body, []byte(iccPrefix)):
		return segment
	case marker == markAPP14 && bytes.HasPrefix(body, []byte("Adobe")):
		return segment
	case marker >= markAPP0 && marker <= markAPP15, marker == markCOM:
		return nil
	default:
		return segment
	}
}
