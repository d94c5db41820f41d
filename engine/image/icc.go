package image

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"io"
)

const (
	iccPrefix = "ICC_PROFILE\x00"
	maxICC    = 65535 - 2 - len(iccPrefix) - 2 // what one segment of a JPEG holds
)

// profile finds the colour profile of a picture whose pixels we write anew:
// they keep their numbers, so they need what says which colours these are. A
// profile that is not for RGB, which is all we write, does not count, nor does
// one too large for a segment.
func profile(kind string, data []byte) []byte {
	var icc []byte
	switch kind {
	case JPEG:
		icc = profileJPEG(data)
	case PNG:
		_ = chunksPNG(data, func(name string, chunk []byte) {
			if name == "iCCP" {
				icc = inflate(chunk[8 : len(chunk)-4])
			}
		})
	case WebP:
		_ = chunksWebP(data, func(name string, content []byte) {
			if name == "ICCP" {
				icc = content
			}
		})
	}
	if len(icc) < 128 || len(icc) > maxICC || string(icc[16:20]) != "RGB " {
		return nil
	}
	return icc
}

// profileJPEG looks at the segments before the first scan of a stripped JPEG.
func profileJPEG(data []byte) []byte {
	for at := 2; at+4 <= len(data) && data[at+1] != markSOS; {
		body := data[at+4 : at+2+int(binary.BigEndian.Uint16(data[at+2:]))]
		if data[at+1] == markAPP2 && len(body) > len(iccPrefix)+2 {
			body = body[len(iccPrefix):]
			if body[0] != 1 || body[1] != 1 {
				return nil // in several segments
			}
			return body[2:]
		}
		at += 2 + int(binary.BigEndian.Uint16(data[at+2:]))
	}
	return nil
}

// inflate reads the content of an iCCP chunk: a name, a zero, a method, zlib.
func inflate(content []byte) []byte {
	_, packed, _ := bytes.Cut(content, []byte{0})
	if len(packed) < 1 {
		return nil
	}
	z, err := zlib.NewReader(bytes.NewReader(packed[1:]))
	if err != nil {
		return nil
	}
	icc, err := io.ReadAll(io.LimitReader(z, int64(maxICC)+1))
	if err != nil {
		return nil
	}
	return icc
}

// embed puts a profile into a picture that the standard encoders wrote.
func embed(kind string, data, icc []byte) []byte {
	if icc == nil {
		return data
	}
	if kind == JPEG {
		segment := binary.BigEndian.AppendUint16([]byte{0xff, markAPP2}, uint16(2+len(iccPrefix)+2+len(icc)))
		segment = append(append(segment, iccPrefix...), 1, 1)
		return bytes.Join([][]byte{data[:2], segment, icc, data[2:]}, nil)
	}
	var packed bytes.Buffer
	packed.WriteString("iCCPicc\x00\x00")
	z := zlib.NewWriter(&packed)
	_, _ = z.Write(icc) // a Buffer takes everything
	_ = z.Close()
	chunk := binary.BigEndian.AppendUint32(nil, uint32(packed.Len()-4))
	chunk = append(chunk, packed.Bytes()...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(packed.Bytes()))
	const head = len(pngMagic) + 25 // the magic and IHDR
	return bytes.Join([][]byte{data[:head], chunk, data[head:]}, nil)
}
