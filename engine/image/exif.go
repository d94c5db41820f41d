package image

import (
	"bytes"
	"encoding/binary"
)

const (
	exifPrefix = "Exif\x00\x00"
	maxExif    = 1 << 16 // the first directory, which we want, stands at its start
)

// orientation reads the one thing we want from EXIF: how the camera was held.
// What cannot be read means upright, as it does to browsers.
func orientation(exif []byte) int {
	exif = bytes.TrimPrefix(exif, []byte(exifPrefix))
	if len(exif) < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(exif[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := int64(order.Uint32(exif[4:]))
	if at+2 > int64(len(exif)) {
		return 1
	}
	entries := exif[at+2:]
	for range order.Uint16(exif[at:]) {
		if len(entries) < 12 {
			break
		}
		const tag, short = 0x0112, 3
		if order.Uint16(entries) == tag && order.Uint16(entries[2:]) == short {
			if n := order.Uint16(entries[8:]); n >= 1 && n <= 8 {
				return int(n)
			}
			break
		}
		entries = entries[12:]
	}
	return 1
}
