package wire

import (
	"bytes"
	"mime/multipart"
	"net/textproto"
	"strconv"
)

// File is one file of a multipart form.
type File struct {
	Field, Name, Type string
	Data              []byte
}

// Form makes a multipart body of fields, in order of name and value, and a
// file.
func Form(fields [][2]string, f File) (body []byte, contentType string, err error) {
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	for _, kv := range fields {
		if err := w.WriteField(kv[0], kv[1]); err != nil {
			return nil, "", err
		}
	}
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name=` + strconv.Quote(f.Field) + `; filename=` + strconv.Quote(f.Name)},
		"Content-Type":        {f.Type},
	})
	if err == nil {
		_, err = part.Write(f.Data)
	}
	if err == nil {
		err = w.Close()
	}
	return buf.Bytes(), w.FormDataContentType(), err
}
