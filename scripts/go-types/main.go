// Writes the Go types of Kubernetes' API as JSON: which fields a type has, in which order, of which type, and which of them an encoder leaves out when empty.
// The OpenAPI documents do not say that, and no answer of an API server can be predicted without it. lib/sandbox/defaults/go-types.ts says the form.
//
//	cd test/control-plane/go/kubernetes && go run ../../../../scripts/go-types/main.go | brotli -c > ../../../../lib/sandbox/data/go-types-1.36.json.br
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
)

type field struct{ name, text string }

type ordered []field

func (o ordered) MarshalJSON() ([]byte, error) {
	var b strings.Builder
	b.WriteString("{")
	for i, f := range o {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, "%q:%q", f.name, f.text)
	}
	b.WriteString("}")
	return []byte(b.String()), nil
}

// With a codec of their own: the form of their JSON is not that of their fields.
var own = map[string]string{
	"k8s.io/apimachinery/pkg/api/resource.Quantity":   "Quantity",
	"k8s.io/apimachinery/pkg/apis/meta/v1.Time":       "Time",
	"k8s.io/apimachinery/pkg/apis/meta/v1.MicroTime":  "MicroTime",
	"k8s.io/apimachinery/pkg/apis/meta/v1.Duration":   "Duration",
	"k8s.io/apimachinery/pkg/util/intstr.IntOrString": "IntOrString",
	"k8s.io/apimachinery/pkg/runtime.RawExtension":    "Raw",
	"k8s.io/apimachinery/pkg/apis/meta/v1.FieldsV1":   "Raw",
	"k8s.io/apimachinery/pkg/version.Info":            "Raw",
}

var types = map[string]ordered{}

func short(t reflect.Type) string {
	parts := strings.Split(t.PkgPath(), "/")
	return parts[len(parts)-2] + "." + parts[len(parts)-1] + "." + t.Name()
}

func describe(t reflect.Type) string {
	full := t.PkgPath() + "." + t.Name()
	if name, ok := own[full]; ok {
		return name
	}
	if strings.Contains(t.PkgPath(), "apiextensions/v1") && (t.Name() == "JSON" || strings.HasPrefix(t.Name(), "JSONSchemaPropsOr")) {
		return t.Name()
	}
	named := func(of string) string {
		if t.PkgPath() == "" {
			return of
		}
		parts := strings.Split(t.PkgPath(), "/")
		return of + ":" + parts[len(parts)-1] + "." + t.Name()
	}
	switch t.Kind() {
	case reflect.Pointer:
		return "*" + describe(t.Elem())
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "bytes"
		}
		return "[" + describe(t.Elem())
	case reflect.Map:
		return "{" + describe(t.Elem())
	case reflect.Struct:
		name := short(t)
		if _, seen := types[name]; !seen {
			types[name] = nil
			types[name] = fieldsOf(t)
		}
		return name
	case reflect.String, reflect.Bool, reflect.Int32, reflect.Int64, reflect.Int, reflect.Float64, reflect.Float32:
		return named(t.Kind().String())
	}
	panic("no form for " + full + " " + t.Kind().String())
}

func fieldsOf(t reflect.Type) ordered {
	var all ordered
	for i := range t.NumField() {
		f := t.Field(i)
		tag := strings.Split(f.Tag.Get("json"), ",")
		if f.Anonymous && tag[0] == "" {
			all = append(all, fieldsOf(f.Type)...)
			continue
		}
		if tag[0] == "-" || tag[0] == "" || !f.IsExported() {
			continue
		}
		options := strings.Join(tag[1:], ",")
		mark := ""
		if strings.Contains(options, "omitempty") {
			mark += "?"
		}
		if strings.Contains(options, "omitzero") {
			mark += "0"
		}
		all = append(all, field{tag[0], mark + describe(f.Type)})
	}
	return all
}

func main() {
	must(apiextensions.AddToScheme(scheme.Scheme))
	must(apiregistration.AddToScheme(scheme.Scheme))
	for kind, t := range scheme.Scheme.AllKnownTypes() {
		if served(kind.GroupVersion()) && !strings.HasSuffix(kind.Kind, "List") && !strings.HasSuffix(kind.Kind, "Options") {
			describe(t)
		}
	}
	out, err := json.Marshal(types)
	must(err)
	_, err = os.Stdout.WriteString(strings.ReplaceAll(string(out), "},", "},\n") + "\n")
	must(err)
}

func served(gv schema.GroupVersion) bool {
	return gv.Version == "v1" || gv == schema.GroupVersion{Group: "autoscaling", Version: "v2"}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
