package image

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// The blocks of a GIF.
const (
	gifExtension = 0x21
	gifFrame     = 0x2c
	gifEnd       = 0x3b

	gifComment = 0xfe
	gifApp     = 0xff
	gifControl = 0xf9
	gifText    = 0x01
)

// table is the size in bytes of the colour table that flags announce.
func table(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

// gif reads up to the second frame, to tell an animation from a still.
func (h *header) gif(s *scanner) {
	h.Type = GIF
	b := s.take(13)
	h.Width, h.Height = int(binary.LittleEndian.Uint16(b[6:])), int(binary.LittleEndian.Uint16(b[8:]))
	s.skip(int64(table(b[10])))
	for frames := 0; s.err == nil; {
		if _, err := s.in.Peek(1); errors.Is(err, io.EOF) && frames > 0 {
			return // many end without saying so
		}
		switch s.take(1)[0] {
		case gifFrame:
			if frames++; frames > 1 {
				h.Animated = true
				return
			}
			s.skip(int64(table(s.take(9)[8])) + 1)
			s.blocks()
		case gifExtension:
			s.take(1)
			s.blocks()
		case gifEnd:
			if frames > 0 {
				return
			}
			s.err = ErrDamaged
		default:
			if s.err == nil {
				s.err = ErrDamaged
			}
		}
	}
}

func (s *scanner) blocks() {
	for s.err == nil {
		n := s.take(1)[0]
		if n == 0 {
			return
		}
		s.skip(int64(n))
	}
}

// stripGIF drops comments and what applications wrote, but not the loop.
func stripGIF(data []byte) ([]byte, error) {
	if len(data) < 13 {
		return nil, ErrDamaged
	}
	at := 13 + table(data[10])
	if at > len(data) {
		return nil, ErrDamaged
	}
	out := append(make([]byte, 0, len(data)+1), data[:at]...)
	for frames := 0; ; {
		if at == len(data) && frames > 0 || at < len(data) && data[at] == gifEnd {
			return append(out, gifEnd), nil
		}
		body := at + 2 // where the sub-blocks begin
		switch {
		case at+2 > len(data):
			return nil, ErrDamaged
		case data[at] == gifFrame:
			if at+10 > len(data) {
				return nil, ErrDamaged
			}
			frames++
			body = at + 10 + table(data[at+9]) + 1
		case data[at] != gifExtension:
			return nil, ErrDamaged
		}
		end := body
		for end < len(data) && data[end] != 0 {
			end += 1 + int(data[end])
		}
		if end++; end > len(data) {
			return nil, ErrDamaged
		}
		if data[at] == gifFrame || keptExtension(data[at+1], data[body:end]) {
			out = append(out, data[at:end]...)
		}
		at = end
	}
}

func keptExtension(label byte, body []byte) bool {
	switch label {
	case gifControl, gifText:
		return true
	case gifApp:
		return bytes.HasPrefix(body, []byte("\x0bNETSCAPE2.0")) || bytes.HasPrefix(body, []byte("\x0bANIMEXTS1.0"))
	default:
		return false
	}
}
